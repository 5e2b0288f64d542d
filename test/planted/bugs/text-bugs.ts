import { hasErasedWords } from '../../simulation/faults/erased-words.ts';
import { hasRestore } from '../../simulation/restored-server.ts';
import type { SimBug } from '../planted-bug.ts';
import { isPlain, seedsWith, sim } from './sim.ts';

const COME = 'typed words come to HQ';
const NOWHERE = 'erased words are nowhere';
const QUIET = 'the healed park falls quiet';
const ERASED = seedsWith((seed) => hasErasedWords(seed) && isPlain(seed), 8);

/** What people typed stands beside the log, so nothing of the log shows that it is lost, or still there. */
export const TEXT_BUGS: readonly SimBug[] = [
  sim({
    name: 'a kiosk never brings what was typed there',
    rule: 'E5',
    edits: [
      {
        file: 'gate-app/src/kiosk/sync/deliver-texts.ts',
        find: 'hasWork: () => knowsTexts() && eventLog.texts.hasNext(aside),',
        replace: 'hasWork: () => false,',
      },
    ],
    breaks: [COME, QUIET],
  }),
  sim({
    name: 'erased words stay on the disk of who typed them',
    rule: 'E5',
    edits: [
      {
        file: 'gate-app/src/kiosk/event-log/text-store.ts',
        find: 'eraseAsTold: () => overwriting(database, () => erase.run().changes),',
        replace: 'eraseAsTold: () => 0,',
      },
    ],
    seeds: ERASED,
    breaks: [NOWHERE],
  }),
  sim({
    name: 'a restored server is not told again what was typed',
    rule: 'E8',
    edits: [
      {
        file: 'gate-app/src/kiosk/event-log/text-store.ts',
        find: '      anew.run();\n',
        replace: '',
      },
    ],
    seeds: seedsWith(hasRestore, 16),
    breaks: [COME],
  }),
];
