import type { ParkDocument } from '@skygate/shared/documents/park-document';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { GateContact } from '@skygate/shared/protocol/pull';
import type { Database } from 'better-sqlite3';
import type { CoverageView } from '../rpc-contract/status-view.ts';
import type { KioskIdentity } from './event-log/event-log.ts';
import type { KioskClock } from './kiosk-clock.ts';
import { gateInDocument, sameWords } from './read-models/gate-names.ts';
import type { GatesHeard } from './sync/sync.ts';

/** A gate not heard of for this long is silent (L4). */
export const SILENT_AFTER_MS = 10_000;

/** A gate kiosk of the roster that is not revoked, in its newest epoch. */
interface RosterGate {
  node: string;
  gate_id: string;
  name: string;
}

const ROSTER_GATES = `
  SELECT k.node, k.gate_id, k.name FROM kiosks k
  WHERE k.park = ? AND k.role = 'gate' AND k.node <> ?
    AND k.epoch = (SELECT max(n.epoch) FROM kiosks n WHERE n.park = k.park AND n.node = k.node)
    AND NOT EXISTS (SELECT 1 FROM kiosk_revocations r
                    WHERE r.park = k.park AND r.node = k.node AND r.epoch = k.epoch)
  ORDER BY k.gate_id, k.node`;

export interface CoverageInput {
  readonly identity: KioskIdentity;
  /** The gates of the park's document. */
  readonly gates: ParkDocument['gates'];
  readonly heard: GatesHeard;
  readonly clock: Pick<KioskClock, 'ageMs'>;
}

/**
 * Which other gates' admissions this kiosk knows (L4). Until kiosks meet on the LAN they know of each other by way of
 * the server, so a gate is covered while both it and this kiosk were in contact with it within ten seconds; a sleep of
 * the machine counts.
 */
export function createCoverage(database: Database): (input: CoverageInput) => CoverageView {
  const rosterGates = database.prepare<[string, NodeId], RosterGate>(ROSTER_GATES);
  return ({ identity, gates: documented, heard, clock }) => {
    const roster = rosterGates.all(identity.park, identity.node);
    const pullAgeMs = heard.asked === null ? null : clock.ageMs(heard.asked);
    const contacts = new Map(heard.gates.map((gate) => [gate.node, gate]));
    const gates = roster.map((gate) => ({ gate, ...knowledgeOf(contacts.get(gate.node), pullAgeMs) }));
    const covered = gates.filter((known) => known.covered);
    const silent = gates
      .filter((known) => !known.covered)
      .map(({ gate, ageMs }) => ({
        gateId: gate.gate_id,
        name: gateInDocument(documented, gate.gate_id) ?? sameWords(gate.name),
        silentMs: ageMs,
      }));
    return {
      kind: kindOf(gates.length, silent.length),
      gatesTotal: gates.length,
      gatesCovered: covered.length,
      ageMs: covered.length > 0 ? Math.max(...covered.map(({ ageMs }) => ageMs ?? 0)) : null,
      silent,
    };
  };
}

/** A gate's admissions are known up to its last contact before our last pull. */
function knowledgeOf(
  contact: GateContact | undefined,
  pullAgeMs: number | null,
): { readonly covered: boolean; readonly ageMs: number | null } {
  if (!contact || contact.contactAgeMs === null || pullAgeMs === null) return { covered: false, ageMs: null };
  const covered = contact.contactAgeMs < SILENT_AFTER_MS && pullAgeMs < SILENT_AFTER_MS;
  return { covered, ageMs: contact.contactAgeMs + pullAgeMs };
}

function kindOf(gates: number, silent: number): CoverageView['kind'] {
  if (gates === 0) return 'single_gate';
  return silent === 0 ? 'complete' : 'partial';
}
