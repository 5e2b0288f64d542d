// shared/ takes time and chance as arguments. Types keep out Node and DOM; this keeps out what plain JavaScript offers.
import { globSync, readFileSync } from 'node:fs';

const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'reads the clock'],
  [/\bnew Date\(\s*\)/, 'reads the clock'],
  [/\bTemporal\.Now\b/, 'reads the clock'],
  [/\bMath\.random\b/, 'draws chance'],
  [/\bimport\(/, 'loads code at run time'],
];

const found = globSync('shared/src/**/*.ts')
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        IMPURE.filter(([pattern]) => pattern.test(line)).map(
          ([, why]) => `${file}:${index + 1} ${why}: ${line.trim()}`,
        ),
      ),
  );
for (const place of found) console.log(place);
process.exit(found.length === 0 ? 0 : 1);
