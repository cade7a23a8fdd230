create table rate_row (
  workspace_id text not null, id text not null, version bigint not null,
  side text not null, name text not null, currency text not null, hourly bigint not null,
  minimum_minutes bigint not null, increment_minutes bigint not null, mileage bigint not null,
  effective_from text not null,
  primary key (workspace_id, id));
create index rate_side on rate_row (workspace_id, side, effective_from);

create table voucher_row (
  workspace_id text not null, id text not null, version bigint not null, key_id text,
  appointment_id text not null, interpreter_id text not null, customer_id text not null, team_id text not null,
  state text not null, starts_at bigint not null, ends_at bigint not null,
  miles_tenths bigint not null, travel_minutes bigint not null,
  note bytes, signer bytes, signature bytes, flags text not null,
  submitted_at bigint, approved_at bigint, approved_by text, return_reason bytes,
  currency text not null, bill_total bigint not null, pay_total bigint not null, bill_trace text not null, pay_trace text not null,
  invoice_id text,
  primary key (workspace_id, id));
create unique index voucher_appointment on voucher_row (workspace_id, appointment_id);
create index voucher_state on voucher_row (workspace_id, state, id);
create index voucher_interpreter on voucher_row (workspace_id, interpreter_id, id);
create index voucher_uninvoiced on voucher_row (workspace_id, customer_id, state, invoice_id, id);

create table invoice_row (
  workspace_id text not null, id text not null, version bigint not null,
  number bigint not null, customer_id text not null, customer_name text not null, bill_to text not null,
  state text not null, issued_on text not null, due_on text not null, currency text not null, total bigint not null, lines text not null,
  primary key (workspace_id, id));
create unique index invoice_number on invoice_row (workspace_id, number);
create index invoice_customer on invoice_row (workspace_id, customer_id, id);
