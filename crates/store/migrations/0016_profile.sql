-- How members are reached and where they begin.
alter table member_row add column phone text;
alter table member_row add column first_page text;
