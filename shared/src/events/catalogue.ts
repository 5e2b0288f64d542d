import type Type from 'typebox';
import * as documents from '../documents/events.ts';
import * as admission from '../domain/admission/events.ts';
import * as booking from '../domain/booking/events.ts';
import * as capacity from '../domain/capacity/events.ts';
import * as cases from '../domain/case/events.ts';
import * as kiosk from '../domain/kiosk/events.ts';
import * as sale from '../domain/sale/events.ts';
import * as shift from '../domain/shift/events.ts';
import * as text from '../domain/text/events.ts';
import * as ticket from '../domain/ticket/events.ts';
import type { Event, EventDraft } from './envelope.ts';
import * as recovery from './recovery.ts';

/**
 * Every event type and version ever shipped, with the schema of its body (E4). A version is never edited: a change is
 * a new version with an upcaster (upcast.ts) and a golden file.
 */
export const EVENT_CATALOGUE = {
  KioskEnrolled: { 1: kiosk.kioskEnrolledV1 },
  KioskRevoked: { 1: kiosk.kioskRevokedV1 },
  SigningKeyPublished: { 1: kiosk.signingKeyPublishedV1 },
  SigningKeyRevoked: { 1: kiosk.signingKeyRevokedV1 },
  StaffChanged: { 1: kiosk.staffChangedV1 },
  EpochClosed: { 1: kiosk.epochClosedV1 },
  FactDecided: { 1: kiosk.factDecidedV1 },
  LogRooted: { 1: kiosk.logRootedV1 },
  ClockConfirmed: { 1: kiosk.clockConfirmedV1 },
  DocumentChanged: { 1: documents.documentChangedV1, 2: documents.documentChangedV2 },
  DocumentPublished: { 1: documents.documentPublishedV1 },
  CapacitySet: { 1: capacity.capacitySetV1 },
  CapacityOverridden: { 1: capacity.capacityOverriddenV1 },
  LeaseGranted: { 1: capacity.leaseGrantedV1 },
  LeaseReturned: { 1: capacity.leaseReturnedV1 },
  LeaseTransferred: { 1: capacity.leaseTransferredV1 },
  BookingHeld: { 1: booking.bookingHeldV1 },
  BookingConfirmed: { 1: booking.bookingConfirmedV1 },
  BookingCancelled: { 1: booking.bookingCancelledV1 },
  BookingExpired: { 1: booking.bookingExpiredV1 },
  SaleCompleted: { 1: sale.saleCompletedV1 },
  TicketIssued: { 1: ticket.ticketIssuedV1 },
  TicketVoided: { 1: ticket.ticketVoidedV1 },
  TicketBlocked: { 1: ticket.ticketBlockedV1 },
  TicketAdmitted: { 1: admission.ticketAdmittedV1 },
  AdmissionRefused: { 1: admission.admissionRefusedV1 },
  AdmissionAnnulled: { 1: admission.admissionAnnulledV1 },
  AdmissionOverridden: { 1: admission.admissionOverriddenV1 },
  TicketExited: { 1: admission.ticketExitedV1 },
  CaseClosed: { 1: cases.caseClosedV1 },
  ShiftOpened: { 1: shift.shiftOpenedV1 },
  CashMoved: { 1: shift.cashMovedV1 },
  ShiftClosed: { 1: shift.shiftClosedV1 },
  TextErased: { 1: text.textErasedV1 },
  EventRecovered: { 1: recovery.eventRecoveredV1 },
  Unreadable: { 1: recovery.unreadableV1 },
} as const;

/** The newest version of each type: what is written today, and what upcasters bring older events to. */
export interface CurrentBodies {
  KioskEnrolled: kiosk.KioskEnrolled;
  KioskRevoked: kiosk.KioskRevoked;
  SigningKeyPublished: kiosk.SigningKeyPublished;
  SigningKeyRevoked: kiosk.SigningKeyRevoked;
  StaffChanged: kiosk.StaffChanged;
  EpochClosed: kiosk.EpochClosed;
  FactDecided: kiosk.FactDecided;
  LogRooted: kiosk.LogRooted;
  ClockConfirmed: kiosk.ClockConfirmed;
  DocumentChanged: documents.DocumentChanged;
  DocumentPublished: documents.DocumentPublished;
  CapacitySet: capacity.CapacitySet;
  CapacityOverridden: capacity.CapacityOverridden;
  LeaseGranted: capacity.LeaseGranted;
  LeaseReturned: capacity.LeaseReturned;
  LeaseTransferred: capacity.LeaseTransferred;
  BookingHeld: booking.BookingHeld;
  BookingConfirmed: booking.BookingConfirmed;
  BookingCancelled: booking.BookingCancelled;
  BookingExpired: booking.BookingExpired;
  SaleCompleted: sale.SaleCompleted;
  TicketIssued: ticket.TicketIssued;
  TicketVoided: ticket.TicketVoided;
  TicketBlocked: ticket.TicketBlocked;
  TicketAdmitted: admission.TicketAdmitted;
  AdmissionRefused: admission.AdmissionRefused;
  AdmissionAnnulled: admission.AdmissionAnnulled;
  AdmissionOverridden: admission.AdmissionOverridden;
  TicketExited: admission.TicketExited;
  CaseClosed: cases.CaseClosed;
  ShiftOpened: shift.ShiftOpened;
  CashMoved: shift.CashMoved;
  ShiftClosed: shift.ShiftClosed;
  TextErased: text.TextErased;
  EventRecovered: recovery.EventRecovered;
  Unreadable: recovery.Unreadable;
}

export type EventType = keyof CurrentBodies & keyof typeof EVENT_CATALOGUE;

/** An event of a known type with its parsed, current body. */
export type KnownEvent = { [T in EventType]: Event<T, CurrentBodies[T]> }[EventType];
/** A draft of any known type. */
export type KnownDraft = { [T in EventType]: EventDraft<T, CurrentBodies[T]> }[EventType];

/** Types that count only in HQ's own stream (E7): a seal proves who wrote an event, this says who may. */
const SAID_BY_HQ_ALONE: ReadonlySet<string> = new Set<EventType>([
  'KioskEnrolled',
  'KioskRevoked',
  'SigningKeyPublished',
  'SigningKeyRevoked',
  'StaffChanged',
  'EpochClosed',
  'FactDecided',
  'LogRooted',
  'DocumentPublished',
  'CapacitySet',
  'LeaseGranted',
  'BookingHeld',
  'BookingConfirmed',
  'BookingCancelled',
  'BookingExpired',
  'CaseClosed',
  'TextErased',
]);
export const isSaidByHqAlone = (type: string): boolean => SAID_BY_HQ_ALONE.has(type);

/** The version written today. */
export const CURRENT_VERSION: { readonly [T in EventType]: number } = Object.fromEntries(
  Object.entries(EVENT_CATALOGUE).map(([type, versions]) => [type, Math.max(...Object.keys(versions).map(Number))]),
) as { [T in EventType]: number };

/** How many versions of types this program knows. It only grows: who knows fewer than another is the older program. */
export const KNOWN_EVENT_VERSIONS: number = Object.values(EVENT_CATALOGUE).reduce(
  (count, versions) => count + Object.keys(versions).length,
  0,
);

/** A draft of today's version of a type. */
export function draft<T extends EventType>(
  type: T,
  subject: string,
  body: CurrentBodies[T],
  by: { readonly actor: string; readonly cause?: string | null },
): EventDraft<T, CurrentBodies[T]> {
  return { type, version: CURRENT_VERSION[type], subject, cause: by.cause ?? null, actor: by.actor, body };
}

/** The body schema of a type and version; undefined where this program does not know it (E4: store and defer). */
export function bodySchema(type: string, version: number): Type.TSchema | undefined {
  const versions = Object.hasOwn(EVENT_CATALOGUE, type) ? EVENT_CATALOGUE[type as EventType] : undefined;
  return versions && Object.hasOwn(versions, version) ? (versions as Record<number, Type.TSchema>)[version] : undefined;
}
