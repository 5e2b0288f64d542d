/** The names of the tests in a file's text: the first argument of every `it(...)`, `it.each(...)(...)` and `it.for(...)(...)`. */
export function titlesOf(source: string): readonly string[] {
  const NAMED =
    /\bit(?:\.(?:each|for)\([\s\S]*?\)|\.each`[^`]*`)?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;
  return [...source.matchAll(NAMED)].map(([, single, double, template]) => single ?? double ?? template ?? '');
}
