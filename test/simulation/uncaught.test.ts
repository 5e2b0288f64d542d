import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const modules = ['uncaught.ts', 'yield-points.ts'].map((file) => join(import.meta.dirname, file));

/** In a process of its own: here the test runner listens, too. */
const PROGRAM = `
  const [{ reportUncaught }, { PowerCut }] = await Promise.all(${JSON.stringify(modules)}.map((file) => import(file)));
  const end = reportUncaught((error) => console.log('told of ' + error.message));
  void Promise.reject(new Error('a promise'));
  void Promise.reject(new PowerCut('a power cut'));
  setImmediate(() => { throw new Error('a call'); });
  await new Promise((turn) => setTimeout(turn));
  await new Promise((turn) => setImmediate(turn));
  end();
  console.log('went on');
  void Promise.reject(new Error('of somebody else'));
`;

it('tells of what is thrown where nobody waits, and the process goes on; afterwards it is not in the way', () => {
  const command = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', PROGRAM];
  const { stdout, stderr, status } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  expect(stdout.trim().split('\n').toSorted()).toEqual(['told of a call', 'told of a promise', 'went on']);
  expect(stderr).toContain('of somebody else');
  expect(status).toBe(1);
});
