import { useTranslation } from 'react-i18next';
import { EnrolmentForm } from './enrolment-form.tsx';

interface SetupScreenProps {
  /** The kiosk was revoked, and what was here is gone (X4). */
  readonly wasErased: boolean;
}

/** The first screen of a new kiosk: which server, and the one-time code HQ made for it (S1). */
export function SetupScreen({ wasErased }: SetupScreenProps) {
  const { t } = useTranslation();
  const [title, intro] = wasErased ? ['setup.erasedTitle', 'setup.erased'] : ['setup.title', 'setup.intro'];
  return <EnrolmentForm title={t(title)} intro={t(intro)} action={t('setup.enrol')} />;
}
