"""The style sheet of the program as templates: colours and sizes come from the look in use."""

from __future__ import annotations

from string import Template

SHEET = Template("""
QToolTip { background: $base; color: $text; border: 1px solid $border; padding: 4px; }
QHeaderView::section { background: $window; color: $quiet; border: 0; border-right: 1px solid $border;
    border-bottom: 1px solid $border; padding: 5px 8px; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-position: top center; width: 9px; height: 6px; }
QTableView, QTreeView, QListView { border: 1px solid $border; gridline-color: $border; }
QTableView#list_table::item { padding: 0 5px; }
QTableView#step_rows::item { padding: 0 5px; }
QTreeView::item { padding: 3px 4px; }
QTreeView#module_tree { border: 0; background: $window; }
QTreeView#module_tree::item { padding: 3px 2px; }
QListView#connection_list::item { padding: 5px 6px; }
QTreeView#palette_list::item { padding: 4px 2px; }
QToolButton[role="tab_close"] { border: 0; border-radius: 3px; padding: 0 4px; color: $quiet; }
QToolButton[role="tab_close"]:hover { background: $border; color: $text; }
QTabWidget[role="pages"]::pane { border: 0; border-top: 1px solid $border; }
QSplitter#page_split::handle { background: $border; width: 3px; }
QDockWidget::title { background: $window; padding: 6px 8px; border-bottom: 1px solid $border; }
QDockWidget { font-weight: 600; }
QScrollArea#start_page, QWidget#start_inner { background: $base; border: 0; }
QPushButton[role="tile"] { background: $window; border: 1px solid $border; border-radius: 6px; text-align: left; }
QPushButton[role="tile"]:hover, QPushButton[role="tile"]:focus { border: 1px solid $accent; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 4px 6px;
    text-align: left; color: $link; }
QPushButton[role="link"]:hover { background: $window; } QPushButton[role="link"]:focus { border: 1px solid $accent; }
QToolButton[role="chip"] { border: 1px solid $border; border-radius: 10px; padding: 2px 10px; }
QToolButton[role="chip"]:hover, QToolButton[role="chip"]:focus { border: 1px solid $accent; }
QStatusBar { border-top: 1px solid $border; padding-left: 6px; } QStatusBar::item { border: 0; }
QToolButton[role="drop"] { border: 1px solid $border; border-radius: 3px; background: $base; color: $quiet;
    width: 18px; }
QToolButton[role="drop"]:hover { border-color: $accent; color: $text; }
QPushButton[role="choices"] { text-align: left; padding: 3px 8px; }
QMenu { background: $base; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 20px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QLabel[role="quiet"] { color: $quiet; }
QLabel[role="title"] { font-size: ${big}pt; font-weight: 600; color: $link; }
QLabel[role="count"] { font-size: ${big}pt; font-weight: 600; }
QLabel[role="said"] { border-radius: 4px; padding: 6px; } QFrame[role="rule"] { background: $border; }
QLabel[role="heading"], QLabel[role="badge"] { font-weight: 600; }
QLabel[role="badge"] { border-radius: 4px; padding: 2px 8px; }
QLabel[role="error"] { color: $bad_text; background: $bad; border-radius: 4px; padding: 8px; }
QLabel[role="good"] { color: $good_text; background: $good; border-radius: 4px; padding: 8px; }
QLabel[role="notice"] { color: $warn_text; background: $warn; border-radius: 4px; padding: 8px; }
QLineEdit[locked="true"], QPlainTextEdit[locked="true"] { background: $window; color: $quiet; }
QLineEdit[wrong="true"] { border: 1px solid $bad_text; background: $bad; }
QLineEdit[lit="true"], QPlainTextEdit[lit="true"], QComboBox[lit="true"] { border: 2px solid $accent; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent;
    border-radius: 4px; padding: 7px 18px; }
QPushButton[role="primary"]:disabled { background: $border; border-color: $border; color: $quiet; }
QPushButton[role="primary"]:focus { border: 2px solid $text; padding: 6px 17px; }
QTextBrowser#help_text { background: $base; border: 0; }
QToolButton[role="chip"]:checked { background: $accent; color: $on_accent; }
QFrame#toast { border: 1px solid $border; border-radius: 6px; }
$tones""")

#: Fusion draws frames darker than the window: on a dark one they would be gone.
DARK_BOXES = """
QLineEdit, QPlainTextEdit { border: 1px solid $border; border-radius: 3px; background: $base; }
QLineEdit:focus, QPlainTextEdit:focus { border: 1px solid $accent; }
QLineEdit[locked="true"], QPlainTextEdit[locked="true"] { background: $window; color: $quiet; }
QLineEdit[wrong="true"] { border: 1px solid $bad_text; background: $bad; }
QLineEdit[lit="true"], QPlainTextEdit[lit="true"], QComboBox[lit="true"] { border: 2px solid $accent; }
QComboBox QLineEdit { border: 0; }
QCheckBox::indicator, QRadioButton::indicator, QTreeView::indicator, QTableView::indicator, QListView::indicator {
    width: 13px; height: 13px; border: 1px solid $quiet; border-radius: 2px; background: $base; }
QRadioButton::indicator { border-radius: 7px; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked,
QListView::indicator:checked { background: $accent; border-color: $link; image: url("$check"); }
QCheckBox::indicator:indeterminate, QTreeView::indicator:indeterminate {
    background: $accent; border-color: $link; image: url("$dash"); }
QRadioButton::indicator:checked { background: $accent; border-color: $link; image: url("$dot"); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled, QTreeView::indicator:disabled {
    border-color: $border; background: $window; }
"""

TONE = Template("""
QLabel[tone="$name"], QFrame[tone="$name"], QToolButton[tone="$name"] { color: $text; background: $ground; }
QWidget#form_notice[tone="$name"] { background: $ground; }
QFrame[tone="$name"] QLabel { color: $text; background: transparent; }
QLabel[ink="$name"] { color: $text; }
""")
