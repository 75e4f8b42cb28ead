-- Payloads of some kB stay in their own row.
alter table exchange.melding_innhold set (toast_tuple_target = 8160);
