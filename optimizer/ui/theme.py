"""The look: two palettes, the settings of Streamlit's own theme made from them, and the style sheet of our parts.

The colours of the five bins tell apart in grey and for colour-blind readers; nothing is ever said by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one mode. `bins` runs from "no limit used" to "at the limit"."""

    page: str
    card: str
    rail: str
    line: str
    text: str
    quiet: str
    accent: str
    tint: str
    land: str
    sea_line: str
    free: str
    forbidden: str
    bins: tuple[str, str, str, str, str]


LIGHT: Final = Palette(
    page="#F7F9FB",
    card="#FFFFFF",
    rail="#FFFFFF",
    line="#DCE3EA",
    text="#15202B",
    quiet="#56636F",
    accent="#0B5CAD",
    tint="#EAF1F8",
    land="#E1E7ED",
    sea_line="#FFFFFF",
    free="#6B7885",
    forbidden="#C3CBD3",
    bins=("#E1E7ED", "#9ECAE1", "#4292C6", "#08519C", "#D55E00"),
)
DARK: Final = Palette(
    page="#0E141B",
    card="#131B24",
    rail="#161E27",
    line="#2A3642",
    text="#E9EFF5",
    quiet="#9AA8B5",
    accent="#5AB0F2",
    tint="#1B2A3A",
    land="#2B3947",
    sea_line="#131B24",
    free="#93A1AE",
    forbidden="#171F27",
    bins=("#2B3947", "#9ECAE1", "#5AA5D8", "#2F7FC1", "#FF8C42"),
)


def palette(mode: str | None) -> Palette:
    """The palette for Streamlit's theme type ("light", "dark", or None before the browser has told)."""
    return DARK if mode == "dark" else LIGHT


def streamlit_options() -> dict[str, object]:
    """The theme as Streamlit's settings, for both modes."""
    options: dict[str, object] = {
        "theme.baseRadius": "10px",
        "theme.buttonRadius": "8px",
        "theme.showSidebarBorder": True,
        "theme.showWidgetBorder": True,
        "theme.baseFontSize": 15,
        "theme.headingFontWeights": [700, 650, 600],
        "theme.headingFontSizes": ["1.7rem", "1.25rem", "1.05rem"],
        "theme.metricValueFontSize": "1.65rem",
        "theme.metricValueFontWeight": 650,
    }
    for mode, colours in (("light", LIGHT), ("dark", DARK)):
        options |= {
            f"theme.{mode}.backgroundColor": colours.page,
            f"theme.{mode}.secondaryBackgroundColor": colours.card,
            f"theme.{mode}.textColor": colours.text,
            f"theme.{mode}.primaryColor": colours.accent,
            f"theme.{mode}.borderColor": colours.line,
            f"theme.{mode}.dataframeBorderColor": colours.line,
            f"theme.{mode}.dataframeHeaderBackgroundColor": colours.card,
            f"theme.{mode}.linkColor": colours.accent,
            f"theme.{mode}.blueColor": colours.accent,
            f"theme.{mode}.blueBackgroundColor": colours.tint,
            f"theme.{mode}.blueTextColor": colours.quiet,
            f"theme.{mode}.sidebar.backgroundColor": colours.rail,
            f"theme.{mode}.sidebar.secondaryBackgroundColor": colours.page,
            f"theme.{mode}.sidebar.borderColor": colours.line,
        }
    return options


def style_sheet() -> str:
    """The style sheet of our own parts; `light-dark()` follows the mode that the reader chose."""
    names = ("page", "card", "rail", "line", "text", "quiet", "accent", "land", "free", "forbidden")
    pairs = [(f"--fp-{name}", getattr(LIGHT, name), getattr(DARK, name)) for name in names]
    pairs += [(f"--fp-bin-{n}", a, b) for n, (a, b) in enumerate(zip(LIGHT.bins, DARK.bins, strict=True))]
    variables = "".join(f"{name}:light-dark({light},{dark});" for name, light, dark in pairs)
    return f"<style>.stApp{{{variables}}}{_RULES}</style>"


_RULES: Final = """
.stMainBlockContainer{padding:2.2rem 2.4rem 3rem;max-width:1480px}
[data-testid="stSidebarHeader"]{height:3.2rem}
.st-key-map-card,.st-key-limits-card,.st-key-solve-card,.st-key-inputs-card,[data-testid="stMetric"]{
  background:var(--fp-card)!important;border-color:var(--fp-line)!important}
[data-testid="stMetricLabel"]{color:var(--fp-quiet)}
.fp-brand{display:flex;align-items:center;gap:.55rem;font-weight:700;font-size:1.1rem;letter-spacing:-.01em}
.fp-title{font-size:1.72rem;font-weight:700;line-height:1.2;letter-spacing:-.015em;margin:0;overflow-wrap:anywhere}
.fp-quiet{color:var(--fp-quiet);font-size:.87rem;line-height:1.45}
.fp-pills{display:flex;flex-wrap:wrap;gap:.5rem;margin:.6rem 0 .55rem}
.fp-pill{display:inline-flex;align-items:center;gap:.38rem;padding:.16rem .62rem;border-radius:999px;font-size:.86rem;
  font-weight:550;line-height:1.5;white-space:nowrap;border:1px solid transparent}
.fp-pill svg{flex:none}
.fp-good{background:light-dark(#E5F5EC,#0F3323);color:light-dark(#0B6B3A,#6FDDA3)}
.fp-info{background:light-dark(#E5F0FB,#12304D);color:light-dark(#0B4F96,#8CC6FA)}
.fp-warn{background:light-dark(#FDF0E4,#41260F);color:light-dark(#A34700,#FFB27A)}
.fp-bad{background:light-dark(#FCE8E8,#4A1919);color:light-dark(#A61B1B,#FF9C9C)}
.fp-dull{background:light-dark(#EDF1F5,#232E39);color:light-dark(#46525E,#B7C3CE)}
.fp-card-title{font-weight:650;font-size:1.02rem;line-height:1.35}
.fp-card-title span{font-weight:400;color:var(--fp-quiet);font-size:.92rem}
.fp-legend{display:flex;flex-wrap:wrap;gap:.3rem 1.05rem;font-size:.83rem;color:var(--fp-quiet);align-items:center}
.fp-legend i{display:inline-block;width:.78rem;height:.78rem;border-radius:3px;margin-right:.4rem;
  vertical-align:-.08rem;outline:1px solid light-dark(rgba(0,0,0,.08),rgba(255,255,255,.12));outline-offset:-1px}
.fp-legend i.round{border-radius:50%}
.fp-legend i.diamond{outline:0;border:1.6px solid var(--fp-text);border-radius:1px;transform:rotate(45deg) scale(.78)}
.fp-facts{margin:0;font-size:.88rem}
.fp-facts div{display:flex;justify-content:space-between;gap:1rem;padding:.42rem 0;border-bottom:1px solid var(--fp-line)}
.fp-facts div:last-child{border-bottom:0}
.fp-facts dt{color:var(--fp-quiet)}
.fp-facts dd{margin:0;text-align:right;font-weight:550;overflow-wrap:anywhere}
.fp-limits{display:grid;grid-template-columns:minmax(5.4rem,max-content) minmax(3.2rem,1fr) max-content;
  gap:.62rem .7rem;align-items:center;font-size:.85rem;line-height:1.25}
.fp-limits .name{min-width:0;overflow-wrap:anywhere}
.fp-limits .name small,.fp-limits .value small{display:block;color:var(--fp-quiet);font-size:.74rem}
.fp-limits .track{height:.62rem;border-radius:99px;background:var(--fp-land);overflow:hidden}
.fp-limits .fill{height:100%;border-radius:99px;min-width:.3rem}
.fp-limits .value{font-variant-numeric:tabular-nums;white-space:nowrap}
.fp-limits .binding{font-weight:650;color:light-dark(#B34F00,#FF9B5C)}
.fp-limits .broken{font-weight:650;color:light-dark(#A61B1B,#FF9C9C)}
@media (max-width:640px){
  .stMainBlockContainer{padding:1.4rem 1rem 2rem}
  .fp-title{font-size:1.35rem}
  .fp-pill{white-space:normal}
}
"""
