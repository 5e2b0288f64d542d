ALTER TABLE tickets DROP COLUMN forked;
DROP INDEX tickets_by_product;
DROP INDEX cases_by_day;
ALTER TABLE kiosk_revocations DROP COLUMN hlc;
DROP TABLE late_fact_refolds;
DROP TABLE entry_limit_refolds;
DROP TABLE entry_limits;
