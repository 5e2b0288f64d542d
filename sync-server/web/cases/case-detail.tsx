import { Button } from '@mantine/core';
import type { CaseAnswer } from '@skygate/shared/hq-api/cases';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { IconArrowLeft } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCase } from '../api/case-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Failed, Loading } from '../layout/states.tsx';
import { shownWords } from '../texts/shown-words.ts';
import { CloseCaseForm } from './close-case-form.tsx';
import { TimeLine } from './time-line.tsx';

interface CaseDetailProps {
  readonly park: ParkBody;
  readonly caseId: string;
  readonly onBack: () => void;
}

/** One case: what happened to its ticket, what is at stake, and the way to settle it. */
export function CaseDetail({ park, caseId, onBack }: CaseDetailProps) {
  const { t } = useTranslation();
  const found = useCase(park.park, caseId);
  const back = (
    <Button variant="default" size="md" leftSection={<IconArrowLeft size={18} aria-hidden />} onClick={onBack}>
      {t('cases.back')}
    </Button>
  );
  if (found.isPending) return <Loading />;
  if (found.isError) {
    return (
      <>
        <PageHead title={t('nav.cases')}>{back}</PageHead>
        <Failed error={found.error} onRetry={() => void found.refetch()} />
      </>
    );
  }
  const { data } = found;
  return (
    <>
      <PageHead title={t(`cases.kind.${data.case.kind}`)}>{back}</PageHead>
      <div className="sections">
        <Summary answer={data} />
        <TimeLine scans={data.scans} caseId={caseId} park={park} />
        {data.case.closing === null ? (
          <CloseCaseForm park={park.park} caseId={caseId} />
        ) : (
          <Closed answer={data} park={park} />
        )}
      </div>
    </>
  );
}

function Summary({ answer }: { readonly answer: CaseAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { stake, entriesAllowed } = answer;
  const people = answer.party.reduce((sum, { count }) => sum + count, 0);
  return (
    <section className="card">
      <p style={{ marginTop: 0 }}>{t(`cases.explain.${answer.case.kind}`, { count: entriesAllowed })}</p>
      <dl className="facts">
        <Fact name={t('cases.ticket')} value={answer.case.ticketId} />
        <Fact name={t('cases.partyOf')} value={people === 0 ? t('cases.unknownProduct') : format.number(people)} />
        <Fact name={t('cases.allowed')} value={format.number(entriesAllowed)} />
        <Fact
          name={t('cases.stake')}
          value={
            stake === null
              ? t('cases.noStake')
              : `${format.amount(stake.amountMinor, stake.currency)} ${format.currency(stake.currency)} (${t('cases.sale', { number: stake.sale })})`
          }
        />
        <Fact name={t('cases.day')} value={format.shortDate(answer.case.businessDate)} />
      </dl>
    </section>
  );
}

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <div>
    <dt className="quiet small">{name}</dt>
    <dd>{value}</dd>
  </div>
);

function Closed({ answer, park }: { readonly answer: CaseAnswer; readonly park: ParkBody }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { closing } = answer.case;
  if (closing === null) return null;
  return (
    <section className="card">
      <h2 className="section-title">{t(`cases.outcome.${closing.outcome}`)}</h2>
      <p className="typed-words">{shownWords(t, closing.reason)}</p>
      <div className="quiet small">
        {t('cases.closedBy', {
          who: closing.actorName ?? closing.actor.replace(/^hq:/, ''),
          when: format.dayAndTime(closing.closedMs, park.document.timeZone),
        })}
      </div>
    </section>
  );
}
