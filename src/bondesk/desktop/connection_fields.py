"""The right half of 管理连接: one data connection as fields, embedded file or server."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QWidget,
)

from bondesk.base.data_connection import ASKED, KEPT, NO_PASSWORD, PASSWORD_WAYS, POSTGRES_PORT, ConnectionDraft
from bondesk.desktop import style

_HEIGHT = 30
_KEPT_HINT, _TEST_HINT = "留空 = 沿用已记住的密码", "只在测试时使用，不会保存"


class ConnectionFields(QWidget):
    """``edited`` tells that the user changed something."""

    edited = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setObjectName("connection_fields")
        self._problem, self.new = "", True
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(style.WIDE_GAP)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.name = self._line("name", "连接名称", "如：总厂、二厂、归档")
        self._kinds()
        self._path()
        self.host = self._line("host", "主机", "主机名或 IP 地址")
        self.port = QSpinBox(self)
        self.port.setObjectName("connection_port")
        self.port.setRange(1, 65535)
        self.port.setGroupSeparatorShown(False)
        self.port.setMinimumHeight(_HEIGHT)
        self.port.valueChanged.connect(self.edited)
        self.form.addRow("端口", self.port)
        self.database = self._line("database", "数据库", "管理员为本程序建立的数据库")
        self.user = self._line("user", "用户", "数据库的用户，不是登录账号")
        self.way = QComboBox(self)
        self.way.setObjectName("connection_way")
        self.way.setMinimumHeight(_HEIGHT)
        for key, title in PASSWORD_WAYS:
            self.way.addItem(title, key)
        self.way.activated.connect(self._way_chosen)
        self.form.addRow("密码方式", self.way)
        self.password = self._line("password", "密码", "")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.note = QLabel(self)
        self.note.setObjectName("connection_note")
        self.note.setProperty("role", "quiet")
        self.note.setWordWrap(True)
        self.form.addRow("", self.note)
        self.show_draft(ConnectionDraft(""), new=True)

    def _line(self, part: str, label: str, hint: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setObjectName(f"connection_{part}")
        line.setPlaceholderText(hint)
        line.setMinimumHeight(_HEIGHT)
        line.textEdited.connect(self.edited)
        self.form.addRow(label, line)
        return line

    def _kinds(self) -> None:
        self.embedded = QRadioButton("本机数据文件", self)
        self.embedded.setObjectName("connection_embedded")
        self.server = QRadioButton("PostgreSQL 服务器", self)
        self.server.setObjectName("connection_server")
        group = QButtonGroup(self)
        row = QHBoxLayout()
        for button in (self.embedded, self.server):
            group.addButton(button)
            row.addWidget(button)
            button.clicked.connect(self._kind_chosen)
        row.addStretch(1)
        self.form.addRow("类型", row)

    def _path(self) -> None:
        self.path = QLineEdit(self)
        self.path.setObjectName("connection_path")
        self.path.setPlaceholderText("空 = 数据目录中的 bondesk.sqlite")
        self.path.setMinimumHeight(_HEIGHT)
        self.path.textEdited.connect(self.edited)
        browse = QPushButton("浏览…", self)
        browse.setObjectName("connection_browse")
        browse.setMinimumHeight(_HEIGHT)
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self._place = QWidget(self)
        self._place.setObjectName("connection_place")
        row = QHBoxLayout(self._place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GAP)
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        self.form.addRow("数据文件", self._place)

    def _browse(self) -> None:
        dialog = QFileDialog(self, "选择数据文件", self.path.text(), "数据文件 (*.sqlite);;全部文件 (*)")
        dialog.setObjectName("connection_file_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix("sqlite")
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, path: str) -> None:
        self.path.setText(path)
        self.edited.emit()

    def _kind_chosen(self) -> None:
        self._follow()
        self.edited.emit()

    def _way_chosen(self) -> None:
        self._follow()
        self.edited.emit()

    def usual_way(self) -> str:
        """Return how a new server's password is treated on this machine."""
        return ASKED if self._problem else KEPT

    def set_store_problem(self, problem: str) -> None:
        """Say why no password can be kept here; that way is then closed."""
        self._problem = problem
        model = self.way.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(self.way.findData(KEPT))
        item.setEnabled(not problem)
        item.setToolTip(problem)
        if problem and self.new and self.way.currentData() == KEPT:
            self.way.setCurrentIndex(self.way.findData(ASKED))
        self._follow()

    def show_draft(self, draft: ConnectionDraft, *, new: bool) -> None:
        """Show one connection; ``new`` has no kept password to leave alone."""
        self.new = new
        self.name.setText(draft.name)
        (self.server if draft.server else self.embedded).setChecked(True)
        self.path.setText(draft.path)
        self.host.setText(draft.host)
        self.port.blockSignals(True)
        self.port.setValue(draft.port or POSTGRES_PORT)
        self.port.blockSignals(False)
        self.database.setText(draft.database)
        self.user.setText(draft.user)
        way = draft.way if draft.server else self.usual_way()
        self.way.setCurrentIndex(max(0, self.way.findData(way)))
        self._kept = way == KEPT and draft.server and not new
        self.password.clear()
        self._follow()

    def _follow(self) -> None:
        """Show the rows the chosen kind has."""
        server, way = self.server.isChecked(), self.way.currentData()
        self.form.setRowVisible(self._place, not server)
        for widget in (self.host, self.port, self.database, self.user, self.way):
            self.form.setRowVisible(widget, server)
        self.form.setRowVisible(self.password, server and way != NO_PASSWORD)
        self.password.setPlaceholderText(_TEST_HINT if way == ASKED else _KEPT_HINT if self._kept else "")
        self.note.setText(self._problem)
        self.form.setRowVisible(self.note, server and bool(self._problem))

    def draft(self) -> ConnectionDraft:
        """Return what is typed."""
        if self.embedded.isChecked():
            return ConnectionDraft(self.name.text().strip(), path=self.path.text().strip())
        return ConnectionDraft(
            self.name.text().strip(),
            server=True,
            host=self.host.text().strip(),
            port=self.port.value(),
            database=self.database.text().strip(),
            user=self.user.text().strip(),
            password=self.password.text(),
            way=self.way.currentData(),
        )

    def focus_part(self, part: str) -> None:
        """Put the cursor where a problem lies."""
        widget = {"name": self.name, "host": self.host, "port": self.port, "database": self.database}.get(part)
        (widget or self.user).setFocus()
