import type { KnownEvent } from '../events/catalogue.ts';
import { assertNever } from '../lib/assert.ts';
import { projectAdmission } from './project-admission.ts';
import { projectHq } from './project-hq.ts';
import { projectSale } from './project-sale.ts';
import type { RowChange } from './row-change.ts';

/**
 * What one event does to the read models, as data (S7). Pure and without reads, so any node folds the same events to
 * the same tables in whatever order they arrive; what depends on order is kept as rows and folded when it is read.
 * Sums go to the business day that the event names, which a late event visibly restates (H2).
 */
export function projectEvent(event: KnownEvent): readonly RowChange[] {
  switch (event.type) {
    case 'TicketAdmitted':
    case 'AdmissionRefused':
    case 'AdmissionAnnulled':
    case 'TicketExited':
      return projectAdmission(event);
    case 'SaleCompleted':
    case 'TicketIssued':
    case 'TicketVoided':
    case 'TicketBlocked':
    case 'ShiftOpened':
    case 'CashMoved':
    case 'ShiftClosed':
      return projectSale(event);
    case 'KioskEnrolled':
    case 'KioskRevoked':
    case 'SigningKeyPublished':
    case 'SigningKeyRevoked':
    case 'StaffChanged':
    case 'DocumentChanged':
    case 'CapacitySet':
    case 'LeaseGranted':
      return projectHq(event);
    default:
      return assertNever(event);
  }
}
