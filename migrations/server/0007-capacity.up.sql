-- What HQ's counts of places look for under the park's lock (C1, C5), and what lending by itself leaves to HQ (C4).

create index hq_tickets_by_date on tickets (park, date, slot) where node like 'hq:%';
create index ticket_facts_of_voids on ticket_facts (park, ticket_id) where kind = 'voided';
create index bookings_by_date on bookings using gin (jsonb_path_query_array(lines::jsonb, '$[*].date'));

-- Places of each (date, slot) that tills are not lent when they ask by themselves.
create table capacity_reserves (
  park text collate "C" primary key references parks (park),
  places bigint not null
);
