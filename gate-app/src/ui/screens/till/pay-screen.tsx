import { IconCash, IconChevronLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NumberPad } from '../../components/number-pad.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { minorDigits, quickTenders } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import type { Sale } from './use-sale.ts';

const DIGITS_MAX = 7;

/** Cash: one touch for the exact money or a round note, or what was really handed over. */
export function PayScreen({ sale, onBack }: { sale: Sale; onBack: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const { totalMinor } = sale;
  const tenderedMinor = Number(typed === '' ? 0 : typed) * 10 ** minorDigits(format.currency);
  const changeMinor = tenderedMinor - totalMinor;
  const setDigits = (text: string) =>
    setTyped(
      text
        .replace(/\D/g, '')
        .replace(/^0+(?=\d)/, '')
        .slice(0, DIGITS_MAX),
    );
  const finish = () => {
    if (typed !== '' && changeMinor >= 0) sale.pay(tenderedMinor);
  };
  return (
    <ScreenFrame className="pay">
      <section className="column pay-left">
        <div className="row">
          <TouchButton icon={<IconChevronLeft aria-hidden />} disabled={sale.isPaying} onPress={onBack}>
            {t('common.back')}
          </TouchButton>
          <TouchButton chosen icon={<IconCash aria-hidden />} onPress={() => setTyped('')}>
            {t('pay.cash')}
          </TouchButton>
        </div>
        <div className="pay-sum">
          <p className="t2 quiet">{t('pay.title')}</p>
          <p className="t4 strong">{format.money(totalMinor)}</p>
        </div>
        <div className="pay-sum">
          <p className="t2 quiet">{t('pay.change')}</p>
          <p className={`t5 strong ${changeMinor < 0 ? 'quiet' : 'ok'}`} data-testid="change">
            {typed === '' || changeMinor < 0 ? '–' : format.amount(changeMinor)}
          </p>
          <p className="t2 warn" style={{ minHeight: 28 }} aria-live="polite">
            {typed !== '' && changeMinor < 0 && t('pay.missing', { amount: format.money(-changeMinor) })}
          </p>
        </div>
        <div className="grow" aria-live="polite">
          {sale.problem !== null && <PayProblem sale={sale} />}
          {sale.isPaying && <p className="t2 quiet">{t('pay.working')}</p>}
        </div>
      </section>
      <section className="column pay-right">
        <div className="pay-quick">
          <TouchButton kind="primary" busy={sale.isPaying} onPress={() => sale.pay(totalMinor)}>
            {t('pay.exact')}
          </TouchButton>
          {quickTenders(totalMinor, format.currency).map((note) => (
            <TouchButton key={note} className="quick" disabled={sale.isPaying} onPress={() => sale.pay(note)}>
              {format.amount(note)}
            </TouchButton>
          ))}
        </div>
        <TouchField
          autoFocus
          label={t('pay.tendered')}
          value={typed}
          hint={t('pay.other')}
          onChange={setDigits}
          onEnter={finish}
        />
        <NumberPad value={typed} onChange={setDigits} lengthMax={DIGITS_MAX} extraKey="00" />
        <TouchButton
          kind="primary"
          wide
          disabled={typed === '' || changeMinor < 0}
          busy={sale.isPaying}
          onPress={finish}
        >
          {t('pay.finish', { amount: typed === '' ? '' : format.money(tenderedMinor) })}
        </TouchButton>
      </section>
    </ScreenFrame>
  );
}

/** Where no answer came the sale may be recorded: the next try asks with the same id and cannot sell twice. */
function PayProblem({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const { problem } = sale;
  if (problem === null) return null;
  if (problem.code !== 'kiosk_unreachable') return <ProblemNote problem={problem} />;
  return (
    <div className="column">
      <ProblemNote problem={problem} extra={t('pay.unknown')} />
      <TouchButton busy={sale.isPaying} onPress={() => sale.pay(sale.totalMinor)}>
        {t('common.retry')}
      </TouchButton>
    </div>
  );
}
