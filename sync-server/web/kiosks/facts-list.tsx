import { Button, Group } from '@mantine/core';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import type { FactItem } from '@skygate/shared/hq-api/revocation';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDecideFacts, useFacts } from '../api/key-queries.ts';
import { type Format, useFormat } from '../format/use-format.ts';
import { ReasonModal } from '../layout/confirm-modal.tsx';
import { Failed, Loading } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { shownWords } from '../texts/shown-words.ts';

interface FactsListProps {
  readonly park: ParkBody;
  readonly node: string;
  /** Whether a decision is being asked for, in a dialog of its own. */
  readonly onAsking: (isAsking: boolean) => void;
}

/** No fact: all that wait. */
interface Asked {
  readonly fact: FactItem | null;
  readonly accepted: boolean;
}

/** What a kiosk did after its revocation: its money waits for a person, fact by fact or all at once (X4). */
export function FactsList({ park, node, onAsking }: FactsListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = useFacts(park.park, node, true);
  const decide = useDecideFacts(park.park, node);
  const [asked, setAskedOf] = useState<Asked | null>(null);
  const setAsked = (next: Asked | null): void => {
    setAskedOf(next);
    onAsking(next !== null);
  };
  if (facts.isPending) return <Loading />;
  if (facts.isError) return <Failed error={facts.error} onRetry={() => void facts.refetch()} />;
  const [first] = facts.data.pages;
  const all = facts.data.pages.flatMap((page) => page.facts);
  const sums = (first?.waiting ?? []).map(
    ({ amountMinor, currency }) => `${format.amount(amountMinor, currency)} ${format.currency(currency)}`,
  );
  const waitingMoves = first?.waitingMoves ?? 0;
  return (
    <>
      <h3 className="section-title">{t('facts.title')}</h3>
      {all.length === 0 ? <p className="quiet">{t('facts.none')}</p> : null}
      <Waiting sums={sums} moves={waitingMoves} onDecide={(accepted) => setAsked({ fact: null, accepted })} />
      {decide.data && decide.data.restated.length > 0 ? (
        <div className="notice page-notice" role="status">
          {decide.data.restated.map(({ businessDate, currency, amountMinor }) => (
            <div key={`${businessDate}${currency}`}>
              {t('facts.restated', {
                day: format.shortDate(businessDate),
                amount: format.change(amountMinor, currency),
              })}
            </div>
          ))}
        </div>
      ) : null}
      {all.some(({ isFork }) => isFork) ? <p className="quiet">{t('facts.forkWhat')}</p> : null}
      <FactTable facts={all} park={park} onDecide={(fact, accepted) => setAsked({ fact, accepted })} />
      {facts.hasNextPage ? (
        <Button variant="default" loading={facts.isFetchingNextPage} onClick={() => void facts.fetchNextPage()}>
          {t('cases.more')}
        </Button>
      ) : null}
      {asked === null ? null : (
        <ReasonModal
          title={titleOf(asked, { t, format, currency: park.document.currency, sums })}
          lines={linesOf(asked, t, { hasSales: sums.length > 0, hasMoves: waitingMoves > 0 })}
          confirm={t(asked.accepted ? 'facts.accept' : 'facts.reject')}
          isBusy={decide.isPending}
          error={decide.error}
          onClose={() => {
            decide.reset();
            setAsked(null);
          }}
          onConfirm={(reason) =>
            decide.mutate(
              {
                epoch: first?.epoch ?? 1,
                hashes: asked.fact === null ? [] : [asked.fact.hash],
                accepted: asked.accepted,
                reason,
              },
              { onSuccess: () => setAsked(null) },
            )
          }
        />
      )}
    </>
  );
}

interface WaitingProps {
  readonly sums: readonly string[];
  /** Movements of cash, which are in no sum. */
  readonly moves: number;
  readonly onDecide: (accepted: boolean) => void;
}

/** What waits in all, and the decision on all of it. */
function Waiting({ sums, moves, onDecide }: WaitingProps) {
  const { t } = useTranslation();
  if (sums.length === 0 && moves === 0) return null;
  return (
    <>
      {sums.length > 0 ? <p className="warn-text">{t('facts.waiting', { sums: sums.join(', ') })}</p> : null}
      {moves > 0 ? <p className="warn-text">{t('facts.waitingMoves', { count: moves })}</p> : null}
      <Group mb="md">
        <Button variant="default" onClick={() => onDecide(true)}>
          {t('facts.acceptAll')}
        </Button>
        <Button variant="light" color="red" onClick={() => onDecide(false)}>
          {t('facts.rejectAll')}
        </Button>
      </Group>
    </>
  );
}

/** What comes of a decision: sales are takings, cash that was moved is the shift's alone. */
function linesOf(
  { fact, accepted }: Asked,
  t: Words['t'],
  waits: { readonly hasSales: boolean; readonly hasMoves: boolean },
): readonly string[] {
  const hasMoves = fact === null ? waits.hasMoves : fact.type === 'CashMoved';
  const hasSales = fact === null ? waits.hasSales : !hasMoves;
  return [
    ...(hasSales ? [t(accepted ? 'facts.acceptWhat' : 'facts.rejectWhat')] : []),
    ...(hasMoves ? [t(accepted ? 'facts.acceptMoves' : 'facts.rejectMoves')] : []),
  ];
}

interface Words {
  readonly t: ReturnType<typeof useTranslation>['t'];
  readonly format: Format;
  readonly currency: string;
  /** What waits in all. */
  readonly sums: readonly string[];
}

/** What is decided on: which fact, and of how much money; or all that wait. */
function titleOf({ fact, accepted }: Asked, { t, format, currency, sums }: Words): string {
  if (fact === null) return [t(accepted ? 'facts.acceptAll' : 'facts.rejectAll'), ...sums].join(', ');
  const type = t(`facts.types.${fact.type}`, { defaultValue: fact.type });
  const unit = fact.currency ?? currency;
  const money = fact.amountMinor === null ? '' : `, ${amountOf(fact, format, unit)} ${format.currency(unit)}`;
  return `${t(accepted ? 'facts.accept' : 'facts.reject')}: ${type}${money}`;
}

/** Of a sale what it came to, of a movement which way it went. */
function amountOf({ type, amountMinor, currency }: FactItem, format: Format, ofPark: string): string {
  if (amountMinor === null) return '';
  const unit = currency ?? ofPark;
  return type === 'CashMoved' ? format.signed(amountMinor, unit) : format.amount(amountMinor, unit);
}

/** Who did it, and to which ticket; the other ids say nothing to a person. */
function detailOf({ actor, actorName, subject }: FactItem, t: Words['t']): string {
  const who = actorName ?? (actor.startsWith('staff:') ? actor.slice('staff:'.length) : '');
  const ticket = subject.startsWith('ticket:') ? `${t('cases.ticket')} ${subject.slice('ticket:'.length)}` : '';
  return [who, ticket].filter((part) => part !== '').join(' · ');
}

interface FactTableProps {
  readonly facts: readonly FactItem[];
  readonly park: ParkBody;
  readonly onDecide: (fact: FactItem, accepted: boolean) => void;
}

const TONES = { counts: undefined, waiting: 'warn', accepted: 'good', rejected: 'bad' } as const;

function FactTable({ facts, park, onDecide }: FactTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (facts.length === 0) return null;
  const { timeZone, currency } = park.document;
  return (
    <TableCard columns={[t('cases.when'), t('facts.what'), { number: t('facts.amount') }, t('facts.state')]} isPlain>
      {facts.map((fact) => (
        <tr key={fact.hash}>
          <td className="nowrap">{format.seconds(fact.atMs, timeZone)}</td>
          <td>
            <div style={{ fontWeight: 600 }}>{t(`facts.types.${fact.type}`, { defaultValue: fact.type })}</div>
            <div className="quiet small">{detailOf(fact, t)}</div>
            {fact.isFork ? <div className="quiet small">{t('facts.fork')}</div> : null}
          </td>
          <td className="number">{amountOf(fact, format, currency)}</td>
          <td>
            <span className="chip" data-tone={TONES[fact.state]}>
              {t(`facts.states.${fact.state}`)}
            </span>
            {fact.decision === null ? null : <div className="quiet small">{shownWords(t, fact.decision.reason)}</div>}
            {fact.state === 'counts' ? null : (
              <Group gap={8} mt={8} wrap="nowrap">
                {fact.state === 'accepted' ? null : (
                  <Button size="compact-md" variant="default" onClick={() => onDecide(fact, true)}>
                    {t('facts.accept')}
                  </Button>
                )}
                {fact.state === 'rejected' ? null : (
                  <Button size="compact-md" variant="light" color="red" onClick={() => onDecide(fact, false)}>
                    {t('facts.reject')}
                  </Button>
                )}
              </Group>
            )}
          </td>
        </tr>
      ))}
    </TableCard>
  );
}
