import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLogIn } from '../api/session-queries.ts';
import { Languages } from '../layout/languages.tsx';
import { FormError } from '../layout/states.tsx';

/** Who are you? `failure` is why the server could not even be asked. */
export function LogInPage({ failure }: { readonly failure: unknown }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const logIn = useLogIn();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    logIn.mutate({ email, password });
  };
  return (
    <main className="log-in">
      <form className="card log-in-card" onSubmit={submit}>
        <Stack gap="md">
          <div>
            <h1 className="page-title">{t('logIn.title')}</h1>
            <div className="quiet">{t('logIn.hint')}</div>
          </div>
          <TextInput
            size="lg"
            label={t('logIn.email')}
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            size="lg"
            label={t('logIn.password')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <FormError error={logIn.error ?? failure} />
          <Button type="submit" size="lg" loading={logIn.isPending}>
            {t('logIn.submit')}
          </Button>
          <Languages />
        </Stack>
      </form>
    </main>
  );
}
