drop table capacity_reserves;
drop index bookings_by_date;
drop index ticket_facts_of_voids;
drop index hq_tickets_by_date;
