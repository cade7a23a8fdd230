-- The language of pages and letters that somebody has chosen.
alter table member_row add column language text;
