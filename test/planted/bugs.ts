import { DAY_BUGS } from './bugs/day-bugs.ts';
import { END_BUGS } from './bugs/end-bugs.ts';
import { KIOSK_BUGS } from './bugs/kiosk-bugs.ts';
import { RACE_BUGS } from './bugs/race-bugs.ts';
import { RULES_BUGS } from './bugs/rules-bugs.ts';
import { SCARCE_BUGS } from './bugs/scarce-bugs.ts';
import { SERVER_BUGS } from './bugs/server-bugs.ts';
import { TEXT_BUGS } from './bugs/text-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';

/** What the harnesses are held to: each is a fault that somebody could make in good faith. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...KIOSK_BUGS,
  ...SERVER_BUGS,
  ...DAY_BUGS,
  ...END_BUGS,
  ...SCARCE_BUGS,
  ...TEXT_BUGS,
  ...RACE_BUGS,
  ...RULES_BUGS,
];
