// `npm run rebuild -- kiosk|server`: folds a log anew and compares state hashes (S7).
import { USAGE as KIOSK_USAGE, rebuildKiosk } from '../gate-app/src/kiosk/rebuild/rebuild-command.ts';
import { rebuildServer, USAGE as SERVER_USAGE } from '../sync-server/src/projections/rebuild-command.ts';

const [which, ...args] = process.argv.slice(2);
const say = (line: string): void => console.log(line);
if (which === 'kiosk') process.exitCode = rebuildKiosk(args, say);
else if (which === 'server') process.exitCode = await rebuildServer(args, say);
else {
  say(`${KIOSK_USAGE}\n\n${SERVER_USAGE}`);
  process.exitCode = 2;
}
