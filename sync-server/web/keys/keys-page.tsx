import { Button } from '@mantine/core';
import type { KeyItem, KeysAnswer } from '@skygate/shared/hq-api/keys';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeyDeed, useKeys } from '../api/key-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { useProblemText } from '../format/use-problem-text.ts';
import { ReasonModal } from '../layout/confirm-modal.tsx';
import { Notice } from '../layout/notice.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Failed, Loading } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { shownWords } from '../texts/shown-words.ts';

type Asked =
  /** With the gates that did not know the key when the person was asked. */
  | { readonly do: 'use'; readonly key: KeyItem; readonly gates: string }
  | { readonly do: 'revoke'; readonly key: KeyItem };

/** The keys that tickets are signed with: whose, since when, and what they have signed. */
export function KeysPage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const keys = useKeys(park.park);
  const deed = useKeyDeed(park.park);
  const problemText = useProblemText();
  const [asked, setAsked] = useState<Asked | null>(null);
  if (keys.isPending) return <Loading />;
  if (keys.isError) return <Failed error={keys.error} onRetry={() => void keys.refetch()} />;
  const next = keys.data.keys.find(({ isHq, state }) => isHq && state === 'next') ?? null;
  const use = (key: KeyItem): void => {
    const gates = gatesOf(keys.data);
    if (gates !== '') setAsked({ do: 'use', key, gates });
    else deed.mutate({ do: 'use', kid: key.kid, body: { forced: null } });
  };
  return (
    <>
      <PageHead title={t('nav.keys')}>
        <Button
          size="md"
          loading={deed.isPending && deed.variables.do === 'next'}
          disabled={next !== null}
          onClick={() => deed.mutate({ do: 'next' })}
        >
          {t('keys.publishNext')}
        </Button>
      </PageHead>
      {asked === null && deed.error !== null ? (
        <div role="alert">
          <Notice tone="bad">{problemText(deed.error)}</Notice>
        </div>
      ) : null}
      {next === null ? null : (
        <NextKey answer={keys.data} next={next} isBusy={deed.isPending && asked === null} onUse={use} />
      )}
      <KeyTable keys={keys.data.keys} park={park} onRevoke={(key) => setAsked({ do: 'revoke', key })} />
      {keys.data.forced === null ? null : (
        <p className="warn-text">{t('keys.forcedBefore', { reason: keys.data.forced })}</p>
      )}
      {asked === null ? null : (
        <ReasonModal
          title={asked.do === 'use' ? t('keys.forceTitle') : t('keys.revokeTitle', { holder: holderOf(asked.key, t) })}
          lines={consequences(asked, t)}
          confirm={t(asked.do === 'use' ? 'keys.force' : 'keys.revoke')}
          isFinal
          isBusy={deed.isPending}
          error={deed.error}
          onClose={() => {
            deed.reset();
            setAsked(null);
          }}
          onConfirm={(reason) =>
            deed.mutate(
              asked.do === 'use'
                ? { do: 'use', kid: asked.key.kid, body: { forced: reason } }
                : { do: 'revoke', kid: asked.key.kid, body: { reason } },
              { onSuccess: () => setAsked(null) },
            )
          }
        />
      )}
    </>
  );
}

const holderOf = (key: KeyItem, t: ReturnType<typeof useTranslation>['t']): string =>
  key.isHq ? t('keys.hq') : key.holderName;

const gatesOf = ({ gatesBehind }: KeysAnswer): string => gatesBehind.map(({ name }) => name).join(', ');

function consequences(asked: Asked, t: ReturnType<typeof useTranslation>['t']): readonly string[] {
  if (asked.do === 'use') return [t('keys.forceWhat', { gates: asked.gates }), t('keys.forceThen')];
  const lines = [t('keys.revokeGood', { count: asked.key.tickets }), t('keys.revokeBad')];
  return asked.key.isHq ? lines : [...lines, t('keys.revokeTill', { till: asked.key.holderName })];
}

interface NextKeyProps {
  readonly answer: KeysAnswer;
  readonly next: KeyItem;
  readonly isBusy: boolean;
  readonly onUse: (key: KeyItem) => void;
}

/** The next key is live for scanning; whether HQ can sign with it depends on who knows it. */
function NextKey({ answer, next, isBusy, onUse }: NextKeyProps) {
  const { t } = useTranslation();
  const behind = gatesOf(answer);
  return (
    <section className="card" style={{ marginBottom: 18 }}>
      <h2 className="section-title">{t('keys.nextTitle')}</h2>
      <p className={behind === '' ? undefined : 'warn-text'}>
        {behind === '' ? t('keys.nextReady') : t('keys.nextWaits', { gates: behind })}
      </p>
      <Button size="md" loading={isBusy} variant={behind === '' ? 'filled' : 'default'} onClick={() => onUse(next)}>
        {t(behind === '' ? 'keys.use' : 'keys.useForced')}
      </Button>
    </section>
  );
}

interface KeyTableProps {
  readonly keys: readonly KeyItem[];
  readonly park: ParkBody;
  readonly onRevoke: (key: KeyItem) => void;
}

const TONES = { signing: 'good', next: undefined, old: undefined, over: undefined, revoked: 'bad' } as const;

function KeyTable({ keys, park, onRevoke }: KeyTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { timeZone } = park.document;
  return (
    <TableCard
      columns={[
        t('keys.holder'),
        t('keys.state'),
        t('keys.since'),
        t('keys.until'),
        { number: t('keys.tickets') },
        { buttons: t('action.actions') },
      ]}
    >
      {keys.map((key) => (
        <tr key={key.kid}>
          <td>
            <div style={{ fontWeight: 600 }}>{holderOf(key, t)}</div>
            <div className="quiet small">{key.kid}</div>
          </td>
          <td>
            <span className="chip" data-tone={TONES[key.state]}>
              {t(`keys.states.${key.state}`)}
            </span>
            {key.revoked === null ? null : <div className="quiet small">{shownWords(t, key.revoked.reason)}</div>}
          </td>
          <td>{format.date(key.sinceMs, timeZone)}</td>
          <td>{format.date(key.untilMs, timeZone)}</td>
          <td className="number">{format.number(key.tickets)}</td>
          <td className="number">
            {key.state === 'revoked' || (key.isHq && key.state === 'signing') ? null : (
              <Button
                variant="light"
                color="red"
                aria-label={`${t('keys.revokeTitle', { holder: holderOf(key, t) })}, ${key.kid}`}
                onClick={() => onRevoke(key)}
              >
                {t('keys.revoke')}
              </Button>
            )}
          </td>
        </tr>
      ))}
    </TableCard>
  );
}
