create table interpreter_row (
  workspace_id text not null, id text not null, version bigint not null,
  team_id text not null, first_name text not null, last_name text not null, name_key text not null, email text not null,
  phone text, languages text not null, service_types text not null, gender text,
  address text, city text, state text, zip text, latitude bigint, longitude bigint,
  invite_state text not null,
  primary key (workspace_id, id));
create unique index interpreter_email on interpreter_row (workspace_id, email);
create index interpreter_name on interpreter_row (workspace_id, name_key, id);

create table customer_row (
  workspace_id text not null, id text not null, version bigint not null,
  team_id text not null, name text not null, name_key text not null, email text not null,
  website text, phone text, fax text, address text, city text, state text, zip text, zone text not null,
  latitude bigint, longitude bigint,
  billing_address text, billing_city text, billing_state text, billing_zip text,
  health_care boolean not null,
  primary key (workspace_id, id));
create unique index customer_name_email on customer_row (workspace_id, name_key, email);

create table import_row (
  workspace_id text not null, id text not null, version bigint not null,
  kind text not null, file_name text not null, user_id text not null, at bigint not null,
  header text not null, mapping text not null, state text not null, total bigint not null,
  primary key (workspace_id, id));
create index import_of_user on import_row (workspace_id, user_id, id);

create table import_line_row (
  workspace_id text not null, id text not null, version bigint not null, key_id text,
  import_id text not null, user_id text not null, number bigint not null, cells bytes not null,
  outcome text not null, record_id text, problems text not null,
  primary key (workspace_id, id));
create unique index import_line_number on import_line_row (workspace_id, import_id, number);
create index import_line_outcome on import_line_row (workspace_id, import_id, outcome);
