import type { KnownEvent } from '../events/catalogue.ts';
import { assertNever } from '../lib/assert.ts';
import { projectAdmission } from './project-admission.ts';
import { projectCapacity } from './project-capacity.ts';
import { projectClock } from './project-clock.ts';
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
    case 'AdmissionOverridden':
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
    case 'EpochClosed':
    case 'FactDecided':
    case 'DocumentPublished':
    case 'CaseClosed':
    case 'TextErased':
      return projectHq(event);
    case 'LeaseGranted':
    case 'LeaseReturned':
    case 'LeaseTransferred':
    case 'CapacityOverridden':
    case 'BookingHeld':
    case 'BookingConfirmed':
    case 'BookingCancelled':
    case 'BookingExpired':
      return projectCapacity(event);
    case 'ClockConfirmed':
      return projectClock(event);
    case 'EventRecovered':
    case 'LogRooted':
    case 'Unreadable':
      return [];
    default:
      return assertNever(event);
  }
}
