import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EditableProduct, ProductEdit } from '../../../rpc-contract/catalogue-view.ts';
import { NumberPad } from '../../components/number-pad.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { TextPad } from '../../components/text-pad.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { minorDigits } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, type ScreenProblem, useApi } from '../../kiosk-provider.tsx';

const PRICE_DIGITS_MAX = 6;
const NAME_LENGTH_MAX = 120;

interface EditPanelProps {
  readonly product: EditableProduct;
  /** The field with its present value. */
  readonly change: ProductEdit['change'];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** One field of one product: a price on the number pad, a name on the keyboard of its language. */
export function EditPanel({ product, change, onClose, onSaved }: EditPanelProps) {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const unit = 10 ** minorDigits(format.currency);
  const [value, setValue] = useState(change.field === 'price' ? '' : change.value);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    if (value.trim() === '') return;
    setBusy(true);
    const edited: ProductEdit['change'] =
      change.field === 'price' ? { ...change, priceMinor: Number(value) * unit } : { ...change, value: value.trim() };
    const answer = await answerOf(api.editProduct({ productId: product.productId, change: edited }));
    setBusy(false);
    if (answer.ok) onSaved();
    else setProblem(answer.problem);
  };
  const isPrice = change.field === 'price';
  const setDigits = (text: string) => setValue(text.replace(/\D/g, '').slice(0, PRICE_DIGITS_MAX));
  return (
    <Panel title={format.words(product.name)} onClose={onClose} width={isPrice ? 520 : 1080}>
      <TouchField
        label={isPrice ? t('catalogue.price') : `${t('catalogue.name')}, ${t(`catalogue.language.${change.language}`)}`}
        value={value}
        hint={isPrice ? format.amount(change.priceMinor) : ''}
        autoFocus
        lengthMax={NAME_LENGTH_MAX}
        onChange={isPrice ? setDigits : setValue}
        onEnter={save}
      />
      {isPrice ? (
        <NumberPad value={value} onChange={setDigits} lengthMax={PRICE_DIGITS_MAX} extraKey="00" />
      ) : (
        <TextPad value={value} onChange={setValue} lengthMax={NAME_LENGTH_MAX} layouts={[change.language, 'signs']} />
      )}
      {problem !== null && <ProblemNote problem={problem} />}
      <TouchButton kind="primary" wide busy={isBusy} disabled={value.trim() === ''} onPress={save}>
        {t('common.save')}
      </TouchButton>
    </Panel>
  );
}
