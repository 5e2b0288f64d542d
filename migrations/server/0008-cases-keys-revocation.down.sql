drop index recovered_publishing_keys;
drop index events_publishing_keys;
drop index tickets_by_key;
drop index tickets_by_product;
drop table ticket_key_use;
drop table wiped_kiosks;
drop table clock_readings;
alter table kiosk_revocations drop column hlc;
drop table entry_limits;
