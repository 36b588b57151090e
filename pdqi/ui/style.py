"""The little that the theme cannot say: a style sheet of our own, and plain text as Markdown."""

import re

import streamlit as st

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~$:])")


def plain(text: str) -> str:
    """Return a text that Markdown shows letter by letter."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", " ")


def apply() -> None:
    """Add the style sheet to the page."""
    st.html(f"<style>{SHEET}</style>")


SHEET = """
[class*="st-key-picture"] { overflow-x: auto; }
[class*="st-key-canvas"] { min-width: 1112px; flex-shrink: 0; }
.stMain .block-container { max-width: 74rem; padding: 3.5rem 1.25rem 4rem; }
.stMain h2 { margin-top: 1.5rem; padding-bottom: 0.25rem; }
.stMain table, .stMain [data-testid="stMarkdownContainer"] { font-variant-numeric: tabular-nums; }
.stMain [data-testid="stMarkdownContainer"] p { max-width: 46rem; }
[class*="st-key-numbers"] th:not(:first-child),
[class*="st-key-numbers"] td { text-align: right !important; }
.stTable th, .stTable td { vertical-align: top; }
.stTable [role="region"] :is(th, td, td p, th p) { overflow-wrap: break-word; word-break: normal; }
.stTable [role="region"] > table { width: 100%; min-width: 34rem; }
.stTable [role="region"] th, .stTable [role="region"] td { white-space: normal; max-width: none; }
.st-key-invented { background: #5c3d99; border-radius: 4px; padding: 0.4rem 0.8rem; }
.stMain .st-key-invented [data-testid="stMarkdownContainer"] p { color: #ffffff; max-width: none; }
/* Streamlit's own picture of a chart would lack the marking and the stamp that files have. */
[data-testid="stElementToolbarButton"]:has([aria-label="Download as PNG"]) { display: none; }
.stMain a[data-testid="stPageLink-NavLink"] { background: none; margin: 6px 0; padding: 0.2rem 0; }
.stMain a[data-testid="stPageLink-NavLink"] :is(p, span) { white-space: normal; overflow: visible;
  font-weight: 400; line-height: 1.4; text-decoration: underline; text-underline-offset: 0.15em; }
.stMain a[data-testid="stPageLink-NavLink"] strong { font-weight: 600; }
.st-key-header { gap: 0.25rem; }
.stMain .st-key-chosen [data-testid="stMarkdownContainer"] p {
  font-size: 1.15rem; font-weight: 600; max-width: none; }
.st-key-provenance { gap: 0; }
.stMain .st-key-provenance [data-testid="stMarkdownContainer"] p {
  font-size: 0.875rem; max-width: none; }
/* Streamlit sets the cells of the second column less far in than their heading. */
@media (min-width: 641px) { .stTable td:first-of-type { padding-left: 1rem !important; } }
@media (max-width: 640px) {
  .st-key-picture_drivers, .st-key-picture_thread { display: none; }
  .stMain .block-container { padding-left: 1rem; padding-right: 1rem; }
  .stTable th, .stTable td { padding: 0.25rem 0.15rem !important; }
  .stTable th, .stTable td, .stTable th *, .stTable td * { white-space: normal !important;
    overflow-wrap: anywhere; font-size: 0.75rem; }
  [class*="st-key-words_over_time"] :is(th, td, th *, td *) {
    overflow-wrap: break-word !important; word-break: normal !important; }
  .stTable > :not([role="region"]) > table { table-layout: fixed; width: 100%; }
  .stTable > :not([role="region"]) th:first-child { width: 24%; }
}
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"],
  .st-key-link, .stDownloadButton, [data-testid="stSidebarCollapsedControl"],
  [data-testid="stElementToolbar"] { display: none !important; }
  .stApp, .stApp > div, [data-testid="stAppViewContainer"], .stMain { position: static !important;
    overflow: visible !important; height: auto !important; display: block !important; }
  .stMain .block-container { max-width: none; padding: 0; }
  .stVegaLiteChart, .stTable, [class*="st-key-card"] { break-inside: avoid; }
}
"""
