// The order of the files of tests: the long ones first, so that at the end no core waits for the last of them.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By what they cost; the rest goes by what earlier runs here took, or by size. */
const LONGEST = [
  'test/end-to-end/conflicts.test.ts',
  'test/end-to-end/accessibility.test.ts',
  'test/simulation/simulation.test.ts',
  'test/end-to-end/crash.test.ts',
  'test/end-to-end/restore.test.ts',
  'sync-server/src/start-server.test.ts',
  'test/planted/planted.test.ts',
  'test/end-to-end/clone.test.ts',
  'test/end-to-end/bad-input.test.ts',
  'test/end-to-end/main-job.test.ts',
  'test/contract/revoked-kiosk.test.ts',
  'test/end-to-end/catalogue-merge.test.ts',
  'test/contract/revoked-forks.test.ts',
  'test/contract/same-rows.test.ts',
  'test/contract/silent-restore.test.ts',
  'test/race/race.test.ts',
  'gate-app/src/headless.test.ts',
  'sync-server/src/log-proof/verify-log-main.test.ts',
  'sync-server/src/restored-flag.test.ts',
  'sync-server/src/hq-node/hq-journal.test.ts',
  'sync-server/src/hq/keys/key-routes.test.ts',
  'sync-server/src/hq/capacity/leases-contract.test.ts',
  'sync-server/src/db/migrate.test.ts',
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place === -1 ? LONGEST.length : place;
};

const isAlone = ({ project }: TestSpecification): number => (project.config.isolate ? 0 : 1);

/** Files that share a process stay in a row: it ends when another kind of file comes between. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => isAlone(a) - isAlone(b) || placeOf(a) - placeOf(b));
  }
}
