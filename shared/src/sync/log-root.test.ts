import * as nodeCrypto from 'node:crypto';
import { expect, it } from 'vitest';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { logRootOf } from './log-root.ts';

const crypto = cryptoFromNode(nodeCrypto);
const heads = [
  { node: 'hq:ala-too', epoch: 1, seq: 3, hash: 'a'.repeat(64) },
  { node: '0123456789ABCDEF', epoch: 10, seq: 5, hash: 'b'.repeat(64) },
  { node: '0123456789ABCDEF', epoch: 2, seq: 7, hash: 'c'.repeat(64) },
];

it('X5: a root is the same whatever the order of the streams, and empty streams change nothing', () => {
  const root = logRootOf(crypto, heads);
  expect(logRootOf(crypto, [...heads].reverse())).toBe(root);
  expect(logRootOf(crypto, [...heads, { node: 'x', epoch: 1, seq: 0, hash: '0'.repeat(64) }])).toBe(root);
  const text = [heads[2], heads[1], heads[0]].map((head) => head && [head.node, head.epoch, head.seq, head.hash]);
  expect(root).toBe(crypto.sha256Hex(JSON.stringify(text)));
});

it('X5: a head that moved, went or has another hash gives another root', () => {
  const root = logRootOf(crypto, heads);
  expect(logRootOf(crypto, heads.slice(1))).not.toBe(root);
  for (const change of [{ seq: 4 }, { hash: 'd'.repeat(64) }, { epoch: 2 }]) {
    expect(logRootOf(crypto, [{ ...(heads[0] as (typeof heads)[0]), ...change }, ...heads.slice(1)])).not.toBe(root);
  }
});
