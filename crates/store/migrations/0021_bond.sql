-- Which key store the data belong to: a name that both hold, a checksum of it by a key of that store, and
-- how far the store had come when the data were told last.
create table key_bond (one bigint not null primary key, installation text not null, proof bytes not null, mark bigint not null);
