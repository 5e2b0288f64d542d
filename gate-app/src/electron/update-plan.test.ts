import { expect, it } from 'vitest';
import { updatePlan } from './update-plan.ts';

it('asks nobody where no feed is set', () => {
  expect(updatePlan({})).toEqual({ ok: true, value: null });
  expect(updatePlan({ SKYGATE_UPDATE_CHANNEL: 'beta' })).toEqual({ ok: true, value: null });
});

it('takes the feed and channel that are set', () => {
  expect(
    updatePlan({ SKYGATE_UPDATE_URL: 'https://updates.example.org/skygate', SKYGATE_UPDATE_CHANNEL: 'beta' }),
  ).toEqual({
    ok: true,
    value: { feedUrl: 'https://updates.example.org/skygate', channel: 'beta' },
  });
});

it('refuses a feed that others could forge, and a channel that is none', () => {
  expect(updatePlan({ SKYGATE_UPDATE_URL: 'http://updates.example.org/' })).toMatchObject({ ok: false });
  expect(updatePlan({ SKYGATE_UPDATE_URL: 'updates' })).toMatchObject({ ok: false });
  expect(updatePlan({ SKYGATE_UPDATE_URL: 'https://a.example/', SKYGATE_UPDATE_CHANNEL: 'nightly' })).toMatchObject({
    ok: false,
  });
});
