-- What a file says besides its rows, its name and its columns among it, may name a client, so it is sealed.
alter table import_row add column key_id text;
alter table import_row add column sheet bytes;
