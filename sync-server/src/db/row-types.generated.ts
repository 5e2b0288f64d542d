// Made by `npm run db:types` from the migrations. Do not edit.
import type { Generated } from 'kysely';

export interface BookingEndsRow {
  park: string;
  booking_id: string;
  kind: string;
  reason: string | null;
  wall_ms: number;
  actor: string;
}

export interface BookingsRow {
  park: string;
  booking_id: string;
  channel: string;
  lines: string;
  expires_ms: number;
  held_ms: number;
  actor: string;
}

export interface CapacityRow {
  park: string;
  date: string;
  slot: string;
  places: number;
  change_order: string;
}

export interface CapacityOverridesRow {
  park: string;
  node: string;
  epoch: number;
  seq: number;
  fork: string;
  kind: string;
  date: string | null;
  slot: string | null;
  places: number;
  lease_id: string | null;
  reason: string;
  actor: string;
  wall_ms: number;
}

export interface CapacityReservesRow {
  park: string;
  places: number;
}

export interface CaseClosingsRow {
  park: string;
  case_id: string;
  ticket_id: string;
  outcome: string;
  reason: string;
  actor: string;
  closed_ms: number;
}

export interface CasesRow {
  park: string;
  case_id: string;
  ticket_id: string;
  kind: string;
  node: string;
  epoch: number;
  seq: number;
  fork: string;
  hlc: string;
  wall_ms: number;
  gate_id: string;
  people: number;
  business_date: string;
}

export interface ClockConfirmationsRow {
  park: string;
  node: string;
  epoch: number;
  seq: number;
  fork: string;
  confirmed_ms: number;
  offset_ms: number;
  wall_ms: number;
  actor: string;
}

export interface ClockReadingsRow {
  park: string;
  node: string;
  epoch: number;
  told_ms: number;
  skew_ms: number;
}

export interface DocumentChangesRow {
  park: string;
  document_id: string;
  change_hash: string;
  node: string;
  epoch: number;
  seq: number;
  hlc: string;
  wall_ms: number;
  actor: string;
  about: string | null;
  change: string;
  generation: number;
}

export interface DocumentPublicationsRow {
  park: string;
  document_id: string;
  generation: number;
  heads: string;
  state_hash: string;
  changes: number;
  published_ms: number;
  actor: string;
  change_order: string;
}

export interface EnrolmentCodesRow {
  code_hash: string;
  park: string;
  node: string | null;
  role: string;
  name: string;
  gate_id: string;
  expires_ms: number;
  used_public_key: string | null;
  used_node: string | null;
  used_epoch: number | null;
}

export interface EntryLimitRefoldsRow {
  park: string;
  product_id: string;
  after_ticket: string;
}

export interface EntryLimitsRow {
  park: string;
  product_id: string;
  entries_allowed: number;
}

export interface EpochClosingsRow {
  park: string;
  node: string;
  epoch: number;
  last_seq: number;
  last_hash: string;
  reason: string;
  closed_ms: number;
}

export interface ErasedTextsRow {
  park: string;
  name: string;
  why: string;
  actor: string;
  erased_ms: number;
}

export interface EventsRow {
  park: string;
  node: string;
  epoch: number;
  seq: number;
  position: number;
  hlc: string;
  wall_ms: number;
  trust: string;
  type: string;
  version: number;
  subject: string;
  cause: string | null;
  actor: string;
  body: string;
  body_hash: string;
  hash: string;
  exact_words: string | null;
  received_ms: number;
}

export interface FactDecisionsRow {
  park: string;
  node: string;
  epoch: number;
  hash: string;
  seq: number;
  accepted: number;
  reason: string;
  actor: string;
  decided_ms: number;
  change_order: string;
}

export interface GateActivityRow {
  park: string;
  business_date: string;
  gate_id: string;
  bucket_ms: number;
  admitted: Generated<number>;
  exited: Generated<number>;
}

export interface GateTotalsRow {
  park: string;
  business_date: string;
  gate_id: string;
  admitted: Generated<number>;
  exited: Generated<number>;
  unmatched: Generated<number>;
  refused: Generated<number>;
}

export interface HqForkEventsRow {
  park: string;
  node: string;
  epoch: number;
  seq: number;
  hash: string;
  fork_seq: number;
  fork_hash: string;
}

export interface HqSessionsRow {
  session_hash: string;
  user_id: string;
  expires_ms: number;
}

export interface HqUsersRow {
  user_id: string;
  email: string;
  name: string;
  password: string;
  created_ms: number;
}

export interface KioskRevocationsRow {
  park: string;
  node: string;
  epoch: number;
  reason: string;
  revoked_ms: number;
  hlc: string;
}

export interface KiosksRow {
  park: string;
  node: string;
  epoch: number;
  name: string;
  role: string;
  gate_id: string;
  public_key: string;
  key_id: string;
  enrolled_ms: number;
}

export interface LateFactRefoldsRow {
  park: string;
  node: string;
  epoch: number;
  after_seq: number;
  after_hash: string;
}

export interface LeaseUseRow {
  park: string;
  lease_id: string;
  used: Generated<number>;
  node: string;
  epoch: number;
  returned: Generated<number>;
  given: Generated<number>;
}

export interface LeasesRow {
  park: string;
  lease_id: string;
  node: string;
  epoch: number;
  date: string;
  slot: string;
  places: number;
  ends_hlc: string;
  from_lease: string | null;
  from_node: string;
  from_epoch: number;
}

export interface LostPeopleRow {
  park: string;
  staff_id: string;
  revision: number;
  dismissed_ms: number | null;
}

export interface NodesRow {
  park: string;
  node: string;
  epoch: number;
  role: string;
  name: string;
  gate_id: string;
  number: number;
  public_key: string;
  key_id: string;
  signing_public_key: string;
  state: string;
  head_seq: Generated<number>;
  head_hash: string;
  head_hlc: string;
  app_version: string;
  enrolled_ms: number;
  contact_ms: number | null;
  telemetry_ms: number | null;
  waiting: number | null;
  oldest_waiting_ms: number | null;
  skew_ms: number | null;
  problem: string | null;
  pulled_position: Generated<number>;
  pulled_log_id: Generated<string>;
  given_position: Generated<number>;
  given_log_id: Generated<string>;
  runs_dropped: Generated<number>;
  trust: string | null;
  people_revision: number | null;
  catalogue_generation: number | null;
  catalogue_hash: string | null;
  known_events: number | null;
  catalogue_behind_ms: number | null;
  program_behind_ms: number | null;
}

export interface NoncesRow {
  nonce: string;
  expires_ms: number;
}

export interface ParkRecoveryRow {
  park: string;
  hq_epoch: number;
  noticed_by: string;
  started_ms: number;
  ended_ms: number | null;
}

export interface ParkReportsRow {
  park: string;
  hq_epoch: number;
  node: string;
  epoch: number;
  reported_ms: number;
}

export interface ParksRow {
  park: string;
  head: Generated<number>;
  log_id: string;
  people_revision: Generated<number>;
  created_ms: number;
}

export interface PaymentTotalsRow {
  park: string;
  business_date: string;
  method: string;
  currency: string;
  count: Generated<number>;
  amount_minor: Generated<number>;
}

export interface PeopleRow {
  park: string;
  staff_id: string;
  revision: number;
  removed: number;
  name: string;
  role: string;
  pin: string | null;
  removed_ms: number | null;
}

export interface ProjectionCursorsRow {
  park: string;
  position: number;
  timeouts: Generated<number>;
}

export interface QuarantineRow {
  park: string;
  read_model: string;
  node: string;
  epoch: number;
  seq: number;
  error: string;
  key: string;
  program: number;
  waits_for: string | null;
}

export interface QuarantinedRunsRow {
  park: string;
  node: string;
  epoch: number;
  from_seq: number;
  to_seq: number;
  run_hash: string;
  reason: string;
  at_seq: number;
  by_node: string;
  by_epoch: number;
  received_ms: number;
  run: string;
}

export interface RecoveredEventsRow {
  park: string;
  hash: string;
  node: string;
  epoch: number;
  seq: number;
  fork: string;
  type: string;
  hlc: string;
  by_node: string;
  by_epoch: number;
  by_seq: number;
}

export interface RefusalsRow {
  park: string;
  business_date: string;
  gate_id: string;
  reason: string;
  count: Generated<number>;
}

export interface SalesRow {
  park: string;
  sale_id: string;
  number: string;
  shift_id: string;
  node: string;
  epoch: number;
  seq: number;
  business_date: string;
  currency: string;
  total_minor: number;
  wall_ms: number;
  actor: string;
  lines: string;
}

export interface SalesTotalsRow {
  park: string;
  business_date: string;
  product_id: string;
  unit_id: string;
  currency: string;
  quantity: Generated<number>;
  amount_minor: Generated<number>;
}

export interface SealsRow {
  park: string;
  node: string;
  epoch: number;
  from_seq: number;
  to_seq: number;
  first_position: number;
  position: number;
  bytes: number;
  head_hash: string;
  hlc: string;
  kid: string;
  signature: string;
}

export interface ServerKeysRow {
  name: string;
  public_key: string | null;
  box: string;
  created_ms: number;
}

export interface ShiftClosingsRow {
  park: string;
  shift_id: string;
  closed_ms: number;
  counted_minor: number;
  expected_minor: number;
  difference_minor: number;
  sales_count: number;
  reason: string;
  denominations: string;
  actor: string;
}

export interface ShiftTotalsRow {
  park: string;
  shift_id: string;
  sales_count: Generated<number>;
  sales_minor: Generated<number>;
  cash_minor: Generated<number>;
  moved_minor: Generated<number>;
}

export interface ShiftsRow {
  park: string;
  shift_id: string;
  number: number;
  node: string;
  epoch: number;
  staff_id: string;
  business_date: string;
  currency: string;
  float_minor: number;
  opened_ms: number;
}

export interface SigningKeyRevocationsRow {
  park: string;
  kid: string;
  holder_epoch: number;
  last_seq: number;
  reason: string;
  revoked_ms: number;
}

export interface SigningKeysRow {
  park: string;
  kid: string;
  public_key: string;
  holder: string;
  holder_epoch: number;
  parks: string;
  not_before_ms: number;
  not_after_ms: number;
}

export interface TextsRow {
  park: string;
  name: string;
  node: string | null;
  epoch: number | null;
  seq: number | null;
  salt: string | null;
  text: string | null;
}

export interface TicketFactsRow {
  park: string;
  ticket_id: string;
  node: string;
  epoch: number;
  seq: number;
  kind: string;
  hlc: string;
  wall_ms: number;
  trust: string;
  gate_id: string | null;
  people: number | null;
  verdict: string | null;
  original_node: string | null;
  original_epoch: number | null;
  original_seq: number | null;
  business_date: string | null;
  actor: string;
  fork: string;
  original_fork: string | null;
}

export interface TicketKeyUseRow {
  park: string;
  number: number;
  since_ms: number;
  actor: string;
  forced: string | null;
}

export interface TicketsRow {
  park: string;
  ticket_id: string;
  sale_id: string | null;
  product_id: string;
  party: string;
  parks: string;
  date: string;
  slot: string;
  issued_ms: number;
  not_before_ms: number;
  expires_ms: number;
  kid: string;
  flags: number;
  node: string;
  epoch: number;
  seq: number;
  forked: number;
}

export interface TruncatedNodesRow {
  park: string;
  node: string;
  epoch: number;
  shown_seq: number;
  held_seq: number;
  seen_ms: number;
}

export interface WipedKiosksRow {
  park: string;
  node: string;
  epoch: number;
  wiped_ms: number;
}

export interface WithheldFactsRow {
  park: string;
  node: string;
  epoch: number;
  hash: string;
  seq: number;
  fork: string;
  type: string;
  hlc: string;
  wall_ms: number;
  amount_minor: number;
  currency: string;
  actor: string;
  subject: string;
}

export interface Tables {
  booking_ends: BookingEndsRow;
  bookings: BookingsRow;
  capacity: CapacityRow;
  capacity_overrides: CapacityOverridesRow;
  capacity_reserves: CapacityReservesRow;
  case_closings: CaseClosingsRow;
  cases: CasesRow;
  clock_confirmations: ClockConfirmationsRow;
  clock_readings: ClockReadingsRow;
  document_changes: DocumentChangesRow;
  document_publications: DocumentPublicationsRow;
  enrolment_codes: EnrolmentCodesRow;
  entry_limit_refolds: EntryLimitRefoldsRow;
  entry_limits: EntryLimitsRow;
  epoch_closings: EpochClosingsRow;
  erased_texts: ErasedTextsRow;
  events: EventsRow;
  fact_decisions: FactDecisionsRow;
  gate_activity: GateActivityRow;
  gate_totals: GateTotalsRow;
  hq_fork_events: HqForkEventsRow;
  hq_sessions: HqSessionsRow;
  hq_users: HqUsersRow;
  kiosk_revocations: KioskRevocationsRow;
  kiosks: KiosksRow;
  late_fact_refolds: LateFactRefoldsRow;
  lease_use: LeaseUseRow;
  leases: LeasesRow;
  lost_people: LostPeopleRow;
  nodes: NodesRow;
  nonces: NoncesRow;
  park_recovery: ParkRecoveryRow;
  park_reports: ParkReportsRow;
  parks: ParksRow;
  payment_totals: PaymentTotalsRow;
  people: PeopleRow;
  projection_cursors: ProjectionCursorsRow;
  quarantine: QuarantineRow;
  quarantined_runs: QuarantinedRunsRow;
  recovered_events: RecoveredEventsRow;
  refusals: RefusalsRow;
  sales: SalesRow;
  sales_totals: SalesTotalsRow;
  seals: SealsRow;
  server_keys: ServerKeysRow;
  shift_closings: ShiftClosingsRow;
  shift_totals: ShiftTotalsRow;
  shifts: ShiftsRow;
  signing_key_revocations: SigningKeyRevocationsRow;
  signing_keys: SigningKeysRow;
  texts: TextsRow;
  ticket_facts: TicketFactsRow;
  ticket_key_use: TicketKeyUseRow;
  tickets: TicketsRow;
  truncated_nodes: TruncatedNodesRow;
  wiped_kiosks: WipedKiosksRow;
  withheld_facts: WithheldFactsRow;
}
