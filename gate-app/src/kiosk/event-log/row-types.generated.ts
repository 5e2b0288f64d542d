// Made by `npm run db:types` from the migrations. Do not edit.

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

export interface CheckpointsRow {
  number: number;
  made_ms: number;
  content: string;
  kid: string;
  signature: string;
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

export interface ClockMemoryRow {
  only_row: number;
  source: string | null;
  offset_ms: number;
  known_ms: number;
  hlc_leads: number;
}

export interface CommandsRow {
  command_id: string;
  stream: number;
  seq: number;
  fork: string | null;
}

export interface DeliveriesRow {
  node: string;
  epoch: number;
  delivered: number;
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

export interface DocumentsInUseRow {
  document_id: string;
  generation: number;
  heads: string;
  state_hash: string;
  changes: number;
}

export interface EnrolmentAttemptRow {
  only_row: number;
  generation: number;
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
  stream: number;
  seq: number;
  hlc: string;
  wall_ms: number;
  trust: number;
  type: string;
  version: number;
  subject: string;
  cause: string | null;
  actor: string;
  body: string;
  hash: Uint8Array;
  seal: Uint8Array | null;
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

export interface ForeignDurabilityRow {
  only_row: number;
  log_id: string | null;
  since_ms: number;
}

export interface ForkRunsRow {
  node: string;
  epoch: number;
  head_hash: string;
  from_seq: number;
  to_seq: number;
  prev: string;
  fork_from: number;
  fork_hash: string;
  run: string;
  done: number;
}

export interface GateActivityRow {
  park: string;
  business_date: string;
  gate_id: string;
  bucket_ms: number;
  admitted: number;
  exited: number;
}

export interface GateTotalsRow {
  park: string;
  business_date: string;
  gate_id: string;
  admitted: number;
  exited: number;
  unmatched: number;
  refused: number;
}

export interface HeldRunsRow {
  node: string;
  epoch: number;
  from_seq: number;
  to_seq: number;
  run: string;
  problem: string;
}

export interface HqKeysRow {
  node: string;
  epoch: number;
  public_key: string;
}

export interface IdentityRow {
  only_row: number;
  park: string;
  node: string;
  epoch: number;
  name: string;
  role: string;
  gate_id: string;
  number: number;
  server_url: string;
  key_generation: number;
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
  node: string;
  epoch: number;
  used: number;
  returned: number;
  given: number;
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

export interface OwnEpochsRow {
  node: string;
  epoch: number;
  public_key: string;
}

export interface PaymentTotalsRow {
  park: string;
  business_date: string;
  method: string;
  currency: string;
  count: number;
  amount_minor: number;
}

export interface PeopleRow {
  staff_id: string;
  revision: number;
  removed: number;
  name: string;
  role: string;
  pin: string | null;
}

export interface PinFailuresRow {
  staff_id: string;
  failures: number;
  failed_ms: number;
}

export interface PrunedHashesRow {
  stream: number;
  from_seq: number;
  hashes: Uint8Array;
}

export interface PrunedStreamsRow {
  stream: number;
  to_seq: number;
}

export interface QuarantineRow {
  read_model: string;
  key: string;
  node: string;
  epoch: number;
  seq: number;
  error: string;
  program: number;
  waits_for: string | null;
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
  count: number;
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
  quantity: number;
  amount_minor: number;
}

export interface SessionRow {
  only_row: number;
  staff_id: string;
  business_date: string;
}

export interface SettingsRow {
  only_row: number;
  gate_mode: string;
  scanner_library: string;
  scanner_camera: string | null;
  scanner_prefix: string;
  scanner_suffix: string;
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
  sales_count: number;
  sales_minor: number;
  cash_minor: number;
  moved_minor: number;
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

export interface StreamsRow {
  stream: number;
  node: string;
  epoch: number;
}

export interface SyncPositionRow {
  only_row: number;
  acknowledged: number;
  durable: number;
  log_id: string | null;
  cursor: number;
  people_revision: number;
  hlc: string;
  stopped: string | null;
  stopped_code: string | null;
  caught_up: number;
  cursor_stamp: string | null;
  people_stamp: string | null;
}

export interface TextDeliveriesRow {
  name: string;
  node: string;
  epoch: number;
  seq: number;
  delivered: number;
}

export interface TextsRow {
  id: number;
  name: string;
  salt: string;
  text: string;
}

export interface TicketFactsRow {
  park: string;
  ticket_id: string;
  node: string;
  epoch: number;
  seq: number;
  fork: string;
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
  original_fork: string | null;
  business_date: string | null;
  actor: string;
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
  case_closings: CaseClosingsRow;
  cases: CasesRow;
  checkpoints: CheckpointsRow;
  clock_confirmations: ClockConfirmationsRow;
  clock_memory: ClockMemoryRow;
  commands: CommandsRow;
  deliveries: DeliveriesRow;
  document_changes: DocumentChangesRow;
  document_publications: DocumentPublicationsRow;
  documents_in_use: DocumentsInUseRow;
  enrolment_attempt: EnrolmentAttemptRow;
  entry_limit_refolds: EntryLimitRefoldsRow;
  entry_limits: EntryLimitsRow;
  epoch_closings: EpochClosingsRow;
  erased_texts: ErasedTextsRow;
  events: EventsRow;
  fact_decisions: FactDecisionsRow;
  foreign_durability: ForeignDurabilityRow;
  fork_runs: ForkRunsRow;
  gate_activity: GateActivityRow;
  gate_totals: GateTotalsRow;
  held_runs: HeldRunsRow;
  hq_keys: HqKeysRow;
  identity: IdentityRow;
  kiosk_revocations: KioskRevocationsRow;
  kiosks: KiosksRow;
  late_fact_refolds: LateFactRefoldsRow;
  lease_use: LeaseUseRow;
  leases: LeasesRow;
  own_epochs: OwnEpochsRow;
  payment_totals: PaymentTotalsRow;
  people: PeopleRow;
  pin_failures: PinFailuresRow;
  pruned_hashes: PrunedHashesRow;
  pruned_streams: PrunedStreamsRow;
  quarantine: QuarantineRow;
  recovered_events: RecoveredEventsRow;
  refusals: RefusalsRow;
  sales: SalesRow;
  sales_totals: SalesTotalsRow;
  session: SessionRow;
  settings: SettingsRow;
  shift_closings: ShiftClosingsRow;
  shift_totals: ShiftTotalsRow;
  shifts: ShiftsRow;
  signing_key_revocations: SigningKeyRevocationsRow;
  signing_keys: SigningKeysRow;
  streams: StreamsRow;
  sync_position: SyncPositionRow;
  text_deliveries: TextDeliveriesRow;
  texts: TextsRow;
  ticket_facts: TicketFactsRow;
  tickets: TicketsRow;
  withheld_facts: WithheldFactsRow;
}
