import { KernelError } from '@grunnmur/kernel/errors';
import { seeOther } from '@grunnmur/kernel/http';
import { isLocale } from '@grunnmur/kernel/i18n';
import type { FastifyInstance } from 'fastify';
import { createElement, type FunctionComponent } from 'react';
import { type Portal, pageView } from '../http/portal-context.ts';
import { sendPage } from '../http/send-page.ts';
import { StartPage } from '../pages/start-page.tsx';
import { AccessibilityPage, PrivacyPage } from '../pages/text-page.tsx';
import type { PageView } from '../view/page-view.ts';

/** Pages for everybody, and the choice of language. */
export function registerOpenPages(scope: FastifyInstance, portal: Portal): void {
  const page = (path: string, component: FunctionComponent<{ view: PageView }>): void => {
    scope.get(path, (request, reply) =>
      sendPage(reply, 200, createElement(component, { view: pageView(portal, request) })),
    );
  };
  page('/', StartPage);
  page('/tilgjengelighet', AccessibilityPage);
  page('/personvern', PrivacyPage);

  scope.get<{ Params: { locale: string }; Querystring: { til?: unknown } }>(
    '/sprak/:locale',
    (request, reply) => {
      if (!isLocale(request.params.locale)) throw KernelError.notFound();
      portal.cookies.locale.write(reply, request.params.locale);
      return seeOther(reply, request.query.til);
    },
  );
}
