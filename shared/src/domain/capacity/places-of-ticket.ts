/** A line of a sale or of a booking: so many tickets, each of so many places. */
export interface TicketLine {
  readonly quantity: number;
  readonly placesEach: number;
}

/**
 * How many places a ticket took: its sale issued one ticket a unit, line by line, so its rank among them says which
 * line it is of. 0 where the lines do not know it: what nobody can account for is not given back (C5).
 */
export function placesOfTicket(lines: readonly TicketLine[], rank: number): number {
  let before = 0;
  for (const { quantity, placesEach } of lines) {
    before += quantity;
    if (rank < before) return placesEach;
  }
  return 0;
}
