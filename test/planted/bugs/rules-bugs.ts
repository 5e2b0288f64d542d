import type { RulesBug } from '../planted-bug.ts';
import { rules } from './rules.ts';

/** Show by the rule's own tests: nothing in them is random, and what they need would take a simulated month or a traitor. */
export const RULES_BUGS: readonly RulesBug[] = [
  rules({
    name: 'what the server does not hold for good is pruned',
    rule: 'K4',
    edits: [
      {
        file: 'gate-app/src/kiosk/checkpoints/prune-slice.ts',
        find: 'isOwn ? bounds.ownDurable : (delivered',
        replace: '(delivered',
      },
      {
        file: 'gate-app/src/kiosk/checkpoints/prune-slice.ts',
        find: 'if (!isOwn && !bounds.foreignDurable) return pruned;',
        replace: '',
      },
    ],
    tests: 'gate-app/src/kiosk/checkpoints/pruning.test.ts',
    breaks: [
      'K4: others’ events stay while the server does not call its log durable, whatever it says of the own',
      'K4: a word that is taken back stops pruning at the next slice',
    ],
  }),
  rules({
    name: 'contested admissions are ordered by their arrival',
    rule: 'T3',
    edits: [
      {
        file: 'shared/src/domain/case/fold.ts',
        find: 'for (const fact of facts.toSorted(compareFacts)) step(',
        replace: 'for (const fact of [...facts]) step(',
      },
    ],
    tests: 'shared/src/domain/case/fold.test.ts',
    breaks: ['whatever order the facts come in'],
  }),
  rules({
    name: 'an exit that comes first is folded at 0',
    rule: 'T4',
    edits: [
      {
        file: 'shared/src/domain/admission/evolve.ts',
        find: "case 'exited':\n      return { ...state, peopleInside: state.peopleInside - fact.people };",
        replace:
          "case 'exited':\n      return { ...state, peopleInside: Math.max(0, state.peopleInside - fact.people) };",
      },
    ],
    tests: 'shared/src/domain/admission/evolve.test.ts',
    breaks: ['who is inside: entries less exits, below zero if an exit came without its entry'],
  }),
  rules({
    name: 'a kiosk believes what the server passes on without its author’s seal',
    rule: 'E3',
    edits: [
      {
        file: 'gate-app/src/kiosk/event-log/verify-run.ts',
        find: "return isSealedBy(crypto, run, publicKey) ? null : 'bad_seal';",
        replace: 'return publicKey ? null : null;',
      },
    ],
    tests: 'gate-app/src/kiosk/event-log/event-log.test.ts',
    breaks: ['E3: takes nothing that the author did not seal, and goes on with the rest'],
  }),
  rules({
    name: 'an event that breaks the schema is dropped, and its place with it',
    rule: 'S2',
    edits: [
      {
        file: 'sync-server/src/ingest/read-push.ts',
        find: 'if (wire === null) return err(',
        replace: "if (wire?.[3] === 'Unreadable') continue;\n    if (wire === null) return err(",
      },
    ],
    tests: 'sync-server/src/sync/epoch-contract.test.ts',
    breaks: ['S2: an event that breaks the schema keeps its place; the others go in and the chain goes on'],
  }),
  rules({
    name: 'money that a revoked kiosk recorded later is counted at once',
    rule: 'X4',
    edits: [
      {
        file: 'shared/src/read-models/refold/withheld.ts',
        find: 'if (!fact) return [];',
        replace: 'if (!fact || removed.length === 0) return [];',
      },
    ],
    tests: 'shared/src/read-models/refold/withheld.test.ts',
    breaks: ['stays out of money until a person accepts it; the places it took count at once'],
  }),
  rules({
    name: 'a recovered event counts though the original is there',
    rule: 'E6',
    edits: [
      {
        file: 'shared/src/read-models/fold-recovered.ts',
        find: "if ((yield { ask: 'standing', park, node, epoch, seq }) === hash)",
        replace: "if ((yield { ask: 'standing', park, node, epoch, seq }) === '')",
      },
    ],
    tests: 'test/contract/same-rows.test.ts',
    breaks: [
      'E6: what was recovered counts once, in its fork, and stands in its stream where it stands',
      'S7: at a kiosk, in any order of arrival and in pages of any size, and folded anew, recovered events, clashing keys and revocations among them',
    ],
  }),
  rules({
    name: 'an ended lease is HQ’s again without the fence of its holder’s seal',
    rule: 'C2',
    edits: [
      {
        file: 'shared/src/domain/capacity/decide.ts',
        find: 'return held !== null && held >= lease.ends_hlc && fenceLimit >= lease.ends_hlc;',
        replace: 'return held !== null && fenceLimit >= lease.ends_hlc;',
      },
    ],
    tests: 'shared/src/domain/capacity/capacity.test.ts',
    breaks: ['C2: takes the rest of an ended lease back only behind the fence of a later seal'],
  }),
  rules({
    name: 'gates go by every change of a document, published or not',
    rule: 'D1',
    edits: [
      {
        file: 'shared/src/documents/publication.ts',
        find: 'const closure = closureOf(heads, byHash, FIRST_CHANGE_HASH[documentId]);',
        replace: 'const closure = closureOf([...byHash.keys(), ...heads], byHash, FIRST_CHANGE_HASH[documentId]);',
      },
      {
        file: 'shared/src/documents/publication.ts',
        find: 'if (stateHashOf(crypto, held.value.value) !== stateHash)',
        replace: 'if (stateHash.length === 0)',
      },
    ],
    tests: 'shared/src/documents/publication.test.ts',
    breaks: ['D1: nodes that hold the same changes and publication use the same state, in whatever order they came'],
  }),
  rules({
    name: 'a restored kiosk takes up seqs that it used before',
    rule: 'E6',
    edits: [
      {
        file: 'shared/src/sync/greeting.ts',
        find: 'if (state.acknowledged > own.headSeq) {',
        replace: 'if (own.headSeq < 0) {',
      },
    ],
    tests: 'shared/src/sync/greeting.test.ts',
    breaks: ['E6: a node that meets a higher seq or another past of its own epoch stops writing'],
  }),
  rules({
    name: 'a restored server keeps the id of its log',
    rule: 'E8',
    edits: [
      {
        file: 'sync-server/src/restore/begin-recovery.ts',
        find: "    { table: 'parks', row: { park, log_id: newLogId(deps.random), created_ms } },\n",
        replace: '',
      },
    ],
    tests: 'sync-server/src/restore/restore-contract.test.ts',
    breaks: ['takes HQ’s lost events back from kiosks that held them, in any order, and one of them never comes'],
  }),
  rules({
    name: 'a late answer about a log that is gone is believed',
    rule: 'E8',
    edits: [
      {
        file: 'gate-app/src/kiosk/sync/upload.ts',
        find: 'if (eventLog.position().logId !== logId && movesMark(step)) {',
        replace: 'if (eventLog.position().logId === null) {',
      },
    ],
    tests: 'gate-app/src/kiosk/sync/lost-events.test.ts',
    breaks: ['E8: a late answer to a push, of a log that is gone, is not believed'],
  }),
  rules({
    name: 'a sale asked for again is sold again: no dedupe of commands',
    rule: 'K2',
    edits: [
      {
        file: 'gate-app/src/kiosk/event-log/event-log.ts',
        find: 'const found = findCommand.get(commandId);',
        replace: "const found = findCommand.get('never');",
      },
    ],
    tests: 'gate-app/src/kiosk/event-log/event-log.test.ts',
    breaks: ['remembers a command that led to events'],
  }),
  rules({
    name: 'a kiosk goes on with its cursor in another log',
    rule: 'E8',
    edits: [
      {
        file: 'shared/src/sync/greeting.ts',
        find: "return own.logId !== null && own.logId !== state.logId ? { do: 'start_over' } : { do: 'go_on' };",
        replace: "return { do: 'go_on' };",
      },
    ],
    tests: 'shared/src/sync/greeting.test.ts',
    breaks: ['E8: starts over when the log is another one'],
  }),
];
