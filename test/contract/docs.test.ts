import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { SYNC_PROBLEMS } from '@skygate/shared/protocol/problem';
import { describe, expect, it } from 'vitest';
import { titlesOf } from './test-titles.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const PAGES = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT }).sort()];

/** The rules that a page states: `- **K1** ...` at the beginning of a line. */
const rulesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^- \*\*([A-Z]\d)\*\*/gm)].map(([, rule = '']) => rule));

interface Citation {
  readonly rule: string;
  readonly file: string;
  readonly words: readonly string[];
}

/** The last table of docs/sync.md: rule, file, words of tests' names. */
function citations(): readonly Citation[] {
  const [, table = ''] = read('docs/sync.md').split('## Rules and the tests that hold them\n');
  return [...table.matchAll(/^\| ([A-Z]\d) \| \[[^\]]+\]\(\.\.\/([^)]+)\) \| (.+) \|$/gm)].map(
    ([, rule = '', file = '', tests = '']) => ({
      rule,
      file,
      words: [...tests.matchAll(/\*([^*]+)\*/g)].map(([, words = '']) => words),
    }),
  );
}

describe('the rules', () => {
  it.each(citations())('$rule is held by a test of $file as docs/sync.md says', ({ file, words }) => {
    const titles = titlesOf(read(file));
    expect(words.length).toBeGreaterThan(0);
    expect(words.filter((some) => !titles.some((title) => title.includes(some)))).toEqual([]);
  });

  it('of docs/rules.md are all in the table, and none besides', () => {
    const [built = ''] = read('docs/rules.md').split('## Not built yet');
    const cited = new Set(citations().map(({ rule }) => rule));
    expect([...cited].sort()).toEqual([...rulesIn(built)].sort());
  });

  it('are each stated once', () => {
    // Save for the halves that two kinds of node have in one.
    const stated = [...read('docs/rules.md').matchAll(/^- \*\*([A-Z]\d)\*\* (?!\()/gm)].map(([, rule]) => rule);
    expect(stated.filter((rule, index) => stated.indexOf(rule) !== index)).toEqual([]);
  });
});

/** As GitHub names a heading. */
const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const headingsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading));

/** Why a link of a page leads nowhere; null if it leads somewhere. */
function linkProblem(page: string, link: string): string | null {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined || headingsOf(read(target)).includes(anchor)) return null;
  return `${link}: ${target} has no such heading`;
}

describe('the pages', () => {
  it.each(PAGES)('%s: its links lead somewhere', (page) => {
    const text = read(page).replace(/```[\s\S]*?```/g, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const relatives = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(relatives.flatMap((link) => linkProblem(page, link) ?? [])).toEqual([]);
  });

  it('list every decision', () => {
    const listed = read('docs/decisions/README.md');
    const decisions = globSync('docs/decisions/0*.md', { cwd: ROOT }).map((path) =>
      path.replace('docs/decisions/', ''),
    );
    expect(decisions.filter((name) => !listed.includes(`(${name})`))).toEqual([]);
  });

  it('docs/sync-api.md has every route and every code there is', () => {
    const sources = globSync('sync-server/src/sync/*.ts', { cwd: ROOT }).map((path) => read(path));
    const routes = sources.flatMap((source) =>
      [...source.matchAll(/\.(get|post)\('(\/sync\/[a-z-]+)'/g)].map(
        ([, method = '', path]) => `${method.toUpperCase()} ${path}`,
      ),
    );
    const page = read('docs/sync-api.md');
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.filter((route) => !page.includes(`**\`${route}`))).toEqual([]);
    expect(Object.keys(SYNC_PROBLEMS).filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});
