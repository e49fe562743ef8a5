// CSS of the chat's list and header.
import { css } from 'lit';

export const chatStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    height: 480px;
    overflow: hidden;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_ground);
    color: var(--_text);
    font: var(--_font);
    contain: content;
  }
  :host([hidden]) {
    display: none;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 10px 14px;
    border-bottom: 1px solid var(--_line);
    font-size: 0.93em;
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    color: var(--_faint);
  }
  .state::before {
    content: '';
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--_warn);
  }
  .state[data-state='online']::before {
    background: var(--_good);
  }
  .state[data-state='closed']::before {
    background: var(--_bad);
  }
  .online {
    margin-left: auto;
    color: var(--_faint);
    white-space: nowrap;
  }
  .online b {
    color: var(--_text);
    font-variant-numeric: tabular-nums;
  }
  .latest {
    padding: 8px 14px;
    border-bottom: 1px solid var(--_line);
    background: linear-gradient(90deg, color-mix(in srgb, var(--_accent) 28%, transparent), transparent);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .body {
    position: relative;
    flex: 1;
    min-height: 0;
  }
  .scroller {
    position: absolute;
    inset: 0;
    overflow-y: auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--_line) transparent;
  }
  .scroller:focus-visible {
    outline-offset: -2px;
  }
  .space {
    position: relative;
    overflow: hidden;
  }
  ol {
    position: absolute;
    inset: 0 0 auto;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    padding: 3px 14px;
    overflow-wrap: anywhere;
  }
  .name {
    margin-right: 8px;
    color: var(--_name);
  }
  .own .name {
    color: var(--_own);
  }
  .pending .text {
    opacity: 0.75;
  }
  .badge {
    display: inline-block;
    margin-right: 5px;
    padding: 0 6px;
    border-radius: 4px;
    background: #414a66;
    color: #fff;
    font-size: 0.72em;
    font-weight: 600;
    line-height: 1.6;
    vertical-align: 0.1em;
  }
  .badge[data-role='host'] {
    background: #c2185b;
  }
  .badge[data-role='admin'],
  .badge[data-role='moderator'] {
    background: #00695c;
  }
  .badge[data-role='vip'] {
    background: #8e4a00;
  }
  .badge[data-tier='1'] {
    background: #1a5fb4;
  }
  .badge[data-tier='2'] {
    background: #6a3fb5;
  }
  .badge[data-tier='3'] {
    background: #a63a00;
  }
  .badge[data-tier='4'] {
    background: #b3123f;
  }
  .gift-line {
    color: var(--_gift);
  }
  .gift-line .name {
    margin-right: 6px;
  }
  .times {
    font-style: italic;
  }
  .paid {
    margin: 3px 0;
    border-radius: 10px;
    overflow: hidden;
    background: #7a1747;
    color: #fff;
  }
  .paid-head {
    display: flex;
    justify-content: space-between;
    gap: 8px;
    padding: 5px 10px;
    background: #a81c5c;
  }
  .paid .name {
    color: inherit;
    font-weight: 600;
  }
  .paid-text {
    padding: 6px 10px;
  }
  .said,
  .fate {
    color: var(--_faint);
    font-size: 0.87em;
  }
  .fate {
    margin-left: 8px;
  }
  .fate.bad {
    color: var(--_bad);
  }
  .small {
    margin-left: 6px;
    padding: 0 8px;
    border: 1px solid var(--_line);
    border-radius: 999px;
    background: none;
    font-size: 0.87em;
  }
  .recent {
    position: absolute;
    bottom: 10px;
    left: 50%;
    transform: translateX(-50%);
    padding: 5px 14px;
    border: 0;
    border-radius: 999px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
    box-shadow: 0 4px 16px #0007;
  }
`;
