import { expect, it } from 'vitest';
import { createNodeRandom } from '../../node-crypto.ts';
import { PASSWORD_COST, secretFits, verifierOf, verifierOfNobody } from './password.ts';

const deps = { random: createNodeRandom() };

it('X2: nobody’s verifier fits no password, and is as hard to check as one of somebody', async () => {
  const somebody = await verifierOf(deps, 'correct horse', PASSWORD_COST);
  const nobody = verifierOfNobody(deps);
  expect(await secretFits('correct horse', somebody)).toBe(true);
  for (const secret of ['', 'nobody', 'correct horse']) expect(await secretFits(secret, nobody)).toBe(false);
  const { salt, key, ...parameters } = somebody;
  expect(nobody).toMatchObject(parameters);
  expect([nobody.salt.length, nobody.key.length]).toEqual([salt.length, key.length]);
});
