import type { BookingsAnswer, CancelBody, HoldBody } from '@skygate/shared/hq-api/bookings';
import type {
  CapacityAnswer,
  CapacityBody,
  LeaseBody,
  ReserveBody,
  TakeBackBody,
} from '@skygate/shared/hq-api/capacity';
import type { CatalogueAnswer, HistoryAnswer, ProductAnswer, ProductPatchBody } from '@skygate/shared/hq-api/catalogue';
import type { KiosksAnswer, NewKioskAnswer, NewKioskBody } from '@skygate/shared/hq-api/kiosks';
import type { ParkDayAnswer } from '@skygate/shared/hq-api/now';
import type { ParksAnswer } from '@skygate/shared/hq-api/parks';
import type { PublicationAnswer, StartAnewBody } from '@skygate/shared/hq-api/publication';
import type { QuarantineAnswer, QuarantinedRunAnswer } from '@skygate/shared/hq-api/quarantine';
import type { StaffAnswer, StaffBody } from '@skygate/shared/hq-api/staff';
import type { IssuedTicketsAnswer, IssueTicketsBody, VoidTicketBody } from '@skygate/shared/hq-api/tickets';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './http.ts';

const LIVE_MS = 5_000;

export const useParks = () => useQuery({ queryKey: ['parks'], queryFn: () => call<ParksAnswer>('/parks') });

export const useParkDay = (park: string) =>
  useQuery({
    queryKey: ['day', park],
    queryFn: () => call<ParkDayAnswer>(`/parks/${park}/day`),
    refetchInterval: 30_000,
  });

export const useCatalogue = (park: string) =>
  useQuery({
    queryKey: ['catalogue', park],
    queryFn: () => call<CatalogueAnswer>(`/parks/${park}/catalogue`),
    refetchInterval: LIVE_MS,
  });

export const useHistory = (park: string, productId: string | null) =>
  useQuery({
    queryKey: ['history', park, productId],
    enabled: productId !== null,
    queryFn: () => call<HistoryAnswer>(`/parks/${park}/catalogue/history?productId=${productId}&limit=50`),
    refetchInterval: LIVE_MS,
  });

export function usePatchProduct(park: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (edit: { readonly productId: string; readonly etag: string; readonly patch: ProductPatchBody }) =>
      call<ProductAnswer>(`/parks/${park}/catalogue/products/${edit.productId}`, {
        method: 'PATCH',
        body: edit.patch,
        etag: edit.etag,
      }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['catalogue', park] }),
        client.invalidateQueries({ queryKey: ['history', park] }),
      ]),
  });
}

export const useKiosks = (park: string) =>
  useQuery({
    queryKey: ['kiosks', park],
    queryFn: () => call<KiosksAnswer>(`/parks/${park}/kiosks`),
    refetchInterval: LIVE_MS,
  });

export const useNewKiosk = (park: string) =>
  useMutation({
    mutationFn: (body: NewKioskBody) => call<NewKioskAnswer>(`/parks/${park}/kiosks`, { method: 'POST', body }),
  });

export const useCapacity = (park: string, date: string) =>
  useQuery({
    queryKey: ['capacity', park, date],
    queryFn: () => call<CapacityAnswer>(`/parks/${park}/capacity?date=${date}`),
    refetchInterval: LIVE_MS,
  });

export const useSetCapacity = (park: string) =>
  useParkEdit<CapacityBody, unknown>(park, 'capacity', `/parks/${park}/capacity`);

export const useGrantLease = (park: string) =>
  useParkEdit<LeaseBody, unknown>(park, 'capacity', `/parks/${park}/leases`);

export const useTakeBack = (park: string, leaseId: string) =>
  useParkEdit<TakeBackBody, unknown>(park, 'capacity', `/parks/${park}/leases/${leaseId}/take-back`);

export const useBookings = (park: string, date: string) =>
  useQuery({
    queryKey: ['capacity', park, 'bookings', date],
    queryFn: () => call<BookingsAnswer>(`/parks/${park}/bookings?date=${date}`),
    refetchInterval: LIVE_MS,
  });

/** Sets places aside for somebody. The same again changes nothing: a lost answer may be asked for once more. */
export const useHoldBooking = (park: string, bookingId: string) =>
  useParkEdit<HoldBody, unknown>(park, 'capacity', `/parks/${park}/bookings/${bookingId}`, 'PUT');

export const useSetReserve = (park: string) =>
  useParkEdit<ReserveBody, unknown>(park, 'capacity', `/parks/${park}/capacity/reserve`, 'PUT');

/** Confirms or cancels a booking. */
export const useBookingDeed = (park: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ bookingId, deed, body }: BookingDeed) =>
      call<unknown>(`/parks/${park}/bookings/${bookingId}/${deed}`, { method: 'POST', ...(body ? { body } : {}) }),
    onSettled: () => client.invalidateQueries({ queryKey: ['capacity', park] }),
  });
};

interface BookingDeed {
  readonly bookingId: string;
  readonly deed: 'confirm' | 'cancel';
  readonly body?: CancelBody;
}

export const useStaff = (park: string) =>
  useQuery({
    queryKey: ['staff', park],
    queryFn: () => call<StaffAnswer>(`/parks/${park}/staff`),
    refetchInterval: LIVE_MS,
  });

export const useSaveStaff = (park: string) => useParkEdit<StaffBody, unknown>(park, 'staff', `/parks/${park}/staff`);

/** Live: kiosks confirm an erasure while the page is open. */
export const useEraseStaff = (park: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (staffId: string) =>
      call<undefined>(`/parks/${park}/staff/${encodeURIComponent(staffId)}/erase`, { method: 'POST' }),
    onSettled: () => client.invalidateQueries({ queryKey: ['staff', park] }),
  });
};

export const usePublication = (park: string) =>
  useQuery({
    queryKey: ['catalogue', park, 'publication'],
    queryFn: () => call<PublicationAnswer>(`/parks/${park}/catalogue/publication`),
    refetchInterval: LIVE_MS,
  });

export const useStartAnew = (park: string) =>
  useParkEdit<StartAnewBody, PublicationAnswer>(park, 'catalogue', `/parks/${park}/catalogue/start-anew`);

export const useIssueTickets = (park: string) =>
  useParkEdit<IssueTicketsBody, IssuedTicketsAnswer>(park, 'capacity', `/parks/${park}/tickets`);

export const useVoidTicket = (park: string) =>
  useMutation({
    mutationFn: ({ ticketId, ...body }: VoidTicketBody & { readonly ticketId: string }) =>
      call<unknown>(`/parks/${park}/tickets/${encodeURIComponent(ticketId)}/void`, { method: 'POST', body }),
  });

function useParkEdit<Body, Answer>(park: string, refreshes: string, path: string, method: 'POST' | 'PUT' = 'POST') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => call<Answer>(path, { method, body }),
    onSettled: () => client.invalidateQueries({ queryKey: [refreshes, park] }),
  });
}

export const useReEnrol = (park: string) =>
  useMutation({
    mutationFn: (node: string) => call<NewKioskAnswer>(`/parks/${park}/kiosks/${node}/enrolments`, { method: 'POST' }),
  });

export const useQuarantine = (park: string) =>
  useQuery({
    queryKey: ['quarantine', park],
    queryFn: () => call<QuarantineAnswer>(`/parks/${park}/quarantine`),
    refetchInterval: LIVE_MS,
  });

export const useQuarantinedRun = (park: string, runHash: string) =>
  useQuery({
    queryKey: ['quarantine', park, runHash],
    queryFn: () => call<QuarantinedRunAnswer>(`/parks/${park}/quarantine/runs/${runHash}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
