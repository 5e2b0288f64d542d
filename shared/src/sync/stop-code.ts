/** Why a kiosk may write no more and has to be enrolled anew (E6), for programs; the reason in words goes with it. */
export type StopCode =
  /** The server holds more of this kiosk's own stream than it does itself: an old copy of its disk was put back. */
  | 'restored'
  /** Another event stands in a place of its own stream: it was restored or copied, and both wrote on. */
  | 'other_past'
  /** Events came in under its own name that it never wrote: another machine has its keys. */
  | 'cloned'
  /** What it sent does not chain: its disk was damaged, or its log was changed. */
  | 'chain_broken'
  /** HQ enrolled it anew somewhere else. */
  | 'closed'
  /** The server does not know it any more, and a supervisor here wants to enrol it anew (E8). */
  | 'unknown_at_hq'
  /** The server lost events of it that it has let go (K4), and a supervisor here wants to enrol it anew (E8). */
  | 'lost_at_hq'
  /** HQ revoked it (X4). */
  | 'revoked';

export interface Stop {
  readonly code: StopCode;
  /** In words, for support. */
  readonly reason: string;
}
