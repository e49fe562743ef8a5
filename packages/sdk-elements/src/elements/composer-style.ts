// CSS of the area below the chat list.
import { css } from 'lit';

export const composerStyle = css`
  .hint {
    margin: 0;
    padding: 5px 14px;
    color: var(--_warn);
    font-size: 0.87em;
  }
  .hint:empty {
    display: none;
  }
  .composer {
    display: flex;
    gap: 8px;
    padding: 10px 12px 12px;
    border-top: 1px solid var(--_line);
  }
  .field {
    position: relative;
    flex: 1;
    min-width: 0;
  }
  input.text-field {
    width: 100%;
    padding: 9px 14px;
    border: 1px solid var(--_line);
    border-radius: 999px;
    background: var(--_field);
  }
  input::placeholder {
    color: var(--_faint);
    opacity: 1;
  }
  .left {
    position: absolute;
    top: -1.7em;
    right: 10px;
    padding: 0 6px;
    border-radius: 4px;
    background: var(--_ground);
    color: var(--_faint);
    font-size: 0.8em;
  }
  .send {
    min-width: 74px;
    padding: 9px 16px;
    border: 0;
    border-radius: 999px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .send:disabled {
    background: var(--_line);
    color: var(--_faint);
  }
  .gift-toggle {
    display: grid;
    place-items: center;
    flex: none;
    width: 42px;
    border: 1px solid var(--_line);
    border-radius: 999px;
    background: var(--_field);
    color: var(--_gift);
  }
  .gift-toggle[aria-expanded='true'] {
    border-color: var(--_gift);
  }
  .foot {
    position: relative;
  }
  .gifts {
    position: absolute;
    bottom: 100%;
    left: 8px;
    right: 8px;
    z-index: 1;
    padding: 10px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_field);
    box-shadow: 0 -8px 32px #0008;
  }
  .gift-grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(76px, 1fr));
    gap: 4px;
    max-height: 190px;
    overflow-y: auto;
  }
  .gift-choice {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 1px;
    min-width: 0;
    padding: 5px 2px;
    border: 1px solid transparent;
    border-radius: 10px;
    background: none;
    font-size: 0.87em;
  }
  .gift-choice:hover {
    border-color: var(--_gift);
  }
  .gift-icon {
    width: 34px;
    height: 34px;
    color: var(--_gift);
    font-size: 26px;
    line-height: 34px;
    text-align: center;
  }
  .gift-name {
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .gift-price {
    color: var(--_gift);
    font-size: 0.92em;
  }
  .gift-counts {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 6px;
    margin-top: 8px;
  }
  .gift-count {
    padding: 2px 12px;
    border: 1px solid var(--_line);
    border-radius: 999px;
    background: none;
    font-size: 0.87em;
  }
  .gift-count[aria-pressed='true'] {
    border-color: var(--_gift);
    color: var(--_gift);
  }
`;
