// All texts of the console in each language, put together from one file per noun. It does not choose the language.
import { auditTexts } from './audit-texts.ts';
import { clusterTexts } from './cluster-texts.ts';
import { errorsTexts } from './errors-texts.ts';
import { figuresTexts } from './figures-texts.ts';
import { frameTexts } from './frame-texts.ts';
import { freshnessTexts } from './freshness-texts.ts';
import { jobsTexts } from './jobs-texts.ts';
import { loginTexts } from './login-texts.ts';
import { messageTexts } from './message-texts.ts';
import { reviewsTexts } from './reviews-texts.ts';
import { roomTexts } from './room-texts.ts';
import { roomsTexts } from './rooms-texts.ts';
import { sanctionsTexts } from './sanctions-texts.ts';
import { webhooksTexts } from './webhooks-texts.ts';
import { wordsTexts } from './words-texts.ts';

export const english = {
  ...frameTexts.english,
  ...loginTexts.english,
  ...freshnessTexts.english,
  ...errorsTexts.english,
  ...figuresTexts.english,
  ...clusterTexts.english,
  ...roomsTexts.english,
  ...roomTexts.english,
  ...sanctionsTexts.english,
  ...messageTexts.english,
  ...jobsTexts.english,
  ...webhooksTexts.english,
  ...auditTexts.english,
  ...reviewsTexts.english,
  ...wordsTexts.english,
};

export type Texts = typeof english;

export const chinese: Texts = {
  ...frameTexts.chinese,
  ...loginTexts.chinese,
  ...freshnessTexts.chinese,
  ...errorsTexts.chinese,
  ...figuresTexts.chinese,
  ...clusterTexts.chinese,
  ...roomsTexts.chinese,
  ...roomTexts.chinese,
  ...sanctionsTexts.chinese,
  ...messageTexts.chinese,
  ...jobsTexts.chinese,
  ...webhooksTexts.chinese,
  ...auditTexts.chinese,
  ...reviewsTexts.chinese,
  ...wordsTexts.chinese,
};
