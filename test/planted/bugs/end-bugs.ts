import { newerProgramOf } from '../../simulation/faults/newer-program.ts';
import { revocationOf } from '../../simulation/faults/revocation.ts';
import type { PlantedBug } from '../planted-bug.ts';
import { rules } from './rules.ts';
import { isPlain, seedsWith, sim } from './sim.ts';

const REVOCATION = 'gate-app/src/kiosk/revocation';
const EVENT_LOG = 'gate-app/src/kiosk/event-log';
const REVOKED_KIOSKS = 'test/contract/revoked-kiosk.test.ts';
const REVOKED = seedsWith((seed) => revocationOf(seed) !== null, 10);
const ODD_EVENTS = seedsWith((seed) => newerProgramOf(seed) !== null && isPlain(seed));
const GONE = 'who is revoked stops, delivers and is wiped';
const ASIDE = 'what could not be read is put aside, everywhere';

/** How a kiosk ends, what nobody can read, a disk without room, and numbers that mean one thing alone. */
export const END_BUGS: readonly PlantedBug[] = [
  rules({
    name: 'a revoked kiosk erases itself before everything is acknowledged',
    rule: 'X4',
    edits: [
      {
        file: `${REVOCATION}/farewell.ts`,
        find: 'isRevoked() && sync.delivery().isDone && sync.delivery().inContact;',
        replace: 'isRevoked();',
      },
      {
        file: `${REVOCATION}/farewell.ts`,
        find: 'if (!(await sync.confirmDelivered(stopping.signal))) return false;',
        replace: '',
      },
      {
        file: `${REVOCATION}/farewell.ts`,
        find: 'if (!(await sync.sayWiped(stopping.signal))) return false;',
        replace: '',
      },
    ],
    tests: REVOKED_KIOSKS,
    breaks: ['X4: without a network it sells on unknowing, delivers all of it later, and only then erases'],
  }),
  rules({
    name: 'a revoked kiosk erases itself though the server has not heard that it does',
    rule: 'X4',
    edits: [
      {
        file: `${REVOCATION}/farewell.ts`,
        find: 'if (!(await sync.sayWiped(stopping.signal))) return false;',
        replace: 'await sync.sayWiped(stopping.signal);',
      },
    ],
    tests: REVOKED_KIOSKS,
    breaks: ['X4: refuses every command with a clear reason from the moment it knows'],
  }),
  rules({
    name: 'a kiosk that knows it is revoked works on',
    rule: 'X4',
    edits: [
      {
        file: 'gate-app/src/kiosk/handle-command/command-context.ts',
        find: "if (stop !== null && permission !== 'set_up')",
        replace: "if (stop !== null && stop.code !== 'revoked' && permission !== 'set_up')",
      },
      {
        file: `${EVENT_LOG}/event-log.ts`,
        find: "if (reason !== null) return err({ kind: 'stopped', reason, code });",
        replace: "if (reason !== null && code !== 'revoked') return err({ kind: 'stopped', reason, code });",
      },
    ],
    tests: REVOKED_KIOSKS,
    breaks: ['X4: refuses every command with a clear reason from the moment it knows'],
  }),
  sim({
    name: 'a revoked kiosk erases nothing',
    rule: 'X4',
    edits: [
      {
        file: `${REVOCATION}/wipe-folder.ts`,
        find: 'for (const name of IN_ORDER.flatMap((kind) => namesOf(folder, kind))) {',
        replace: 'for (const name of IN_ORDER.slice(3).flatMap((kind) => namesOf(folder, kind))) {',
      },
    ],
    seeds: REVOKED,
    breaks: [GONE, 'the healed park falls quiet'],
  }),
  sim({
    name: 'what no read model could take is left out without a row in quarantine',
    rule: 'S7',
    edits: [
      {
        file: 'sync-server/src/projections/quarantine.ts',
        find: 'for (const { readModel, key, error, waitsFor } of problems) {',
        replace: 'for (const { readModel, key, error, waitsFor } of problems.slice(1)) {',
      },
    ],
    seeds: ODD_EVENTS,
    breaks: [ASIDE],
  }),
  rules({
    name: 'a stop for which the disk has no room is forgotten',
    rule: 'E6',
    edits: [
      {
        file: `${EVENT_LOG}/position-notes.ts`,
        find: 'core.holdStop(saved.ok ? null : { reason, code });',
        replace: 'core.holdStop(null);',
      },
    ],
    tests: `${EVENT_LOG}/full-disk.test.ts`,
    breaks: ['E6: a stop that cannot be written holds all the same, and is on disk once there is room'],
  }),
  rules({
    name: 'a command that found no room on the disk is answered as done',
    rule: 'K1',
    edits: [
      {
        file: `${EVENT_LOG}/append-own.ts`,
        find: 'if (!written.ok) return written;',
        replace: '',
      },
    ],
    tests: `${EVENT_LOG}/event-log.test.ts`,
    breaks: ['answers disk_full, keeps nothing of the command, and goes on when there is room'],
  }),
  rules({
    name: 'an epoch’s number is the one after the newest that is known',
    rule: 'E1',
    edits: [
      {
        file: 'sync-server/src/hq-node/enrolment.ts',
        find: 'Math.max(deps.clock.nowMs(), ...epochs.map((one) => one + 1))',
        replace: 'Math.max(...earlier.map((row) => row.epoch + 1))',
      },
    ],
    tests: 'sync-server/src/restore/lost-enrolment-contract.test.ts',
    breaks: ['E1, E8: an epoch that was given in the lost part is never given again, whoever takes the place of whom'],
  }),
];
