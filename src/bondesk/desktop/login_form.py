"""The widgets of the login window and how they look while it waits, works or refuses."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bondesk.desktop import style

PRODUCT = "保税台"
_WIDTH, _HEIGHT = 460, 34


class LoginForm:
    """Fills ``window``; ``manageable`` offers 管理连接."""

    def __init__(self, window: QWidget, *, manageable: bool) -> None:
        """Make and lay out the widgets; tab order is the order on the screen."""
        self._window = window
        title = self._label("login_title", PRODUCT, "title")
        subtitle = self._label("login_subtitle", "加工贸易保税业务", "quiet")
        self.choice = QComboBox(window)
        self.choice.setObjectName("login_connection")
        self.manage = self._button("login_manage", "管理连接…", "新增、修改、测试或删除数据连接")
        self.manage.setVisible(manageable)
        self.account = self._line("login_account", "请输入用户账号")
        self.server_password = self._line("login_server_password", "这个数据连接每次登录时输入")
        self.password = self._line("login_password", "请输入用户密码")
        for line in (self.server_password, self.password):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        self.message = self._label("login_message", "", "error")
        self.message.setWordWrap(True)
        self.message.hide()
        self.found = self._button("login_found", "建立第一个管理员…", "填写账号、姓名和密码，然后即可登录")
        self.found.hide()
        self.button = self._button("login_button", "登录", "")
        self.button.setProperty("role", "primary")
        self.news = self._label("login_news", "", "notice")
        self.news.setWordWrap(True)
        self.news.hide()
        self.update = self._button("login_update", "更新海关参数…", "查看新的海关参数会改变什么，不必登录就可以更新")
        self.update.setProperty("role", "link")
        self.program_news = self._label("login_program_news", "", "notice")
        self.program_news.setWordWrap(True)
        self.program = self._button("login_program", "更新程序", "安装已下载的新版本，不必登录；装好后程序重新启动")
        self.practice = self._button("login_practice", "练习模式", "用练习企业放心操作：不必登录，不影响正式数据")
        self.practice.setProperty("role", "link")
        self.practice_said = self._label("login_practice_said", "", "notice")
        self.practice_said.setWordWrap(True)
        for widget in (self.program_news, self.program, self.practice, self.practice_said):
            widget.hide()
        self._lay_out(title, subtitle)

    def _lay_out(self, title: QLabel, subtitle: QLabel) -> None:
        connection = QHBoxLayout()
        connection.setSpacing(style.GAP)
        connection.addWidget(self.choice, 1)
        connection.addWidget(self.manage)
        self._form = QFormLayout()
        self._form.setSpacing(style.WIDE_GAP)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._form.addRow("数据连接", connection)
        for text, line in (
            ("用户账号", self.account),
            ("数据库密码", self.server_password),
            ("用户密码", self.password),
        ):
            self._form.addRow(text, line)
        for widget in (self.choice, self.manage, self.account, self.server_password, self.password):
            widget.setMinimumHeight(_HEIGHT)
        layout = QVBoxLayout(self._window)
        layout.setContentsMargins(44, 36, 44, 36)
        layout.setSpacing(style.GAP)
        layout.addWidget(title)
        layout.addWidget(subtitle)
        layout.addSpacing(22)
        layout.addLayout(self._form)
        layout.addSpacing(style.WIDE_GAP)
        layout.addWidget(self.message)
        layout.addWidget(self.found)
        layout.addSpacing(style.GAP)
        layout.addWidget(self.button)
        layout.addSpacing(style.GAP)
        layout.addWidget(self.program_news)
        layout.addWidget(self.program)
        layout.addWidget(self.news)
        layout.addWidget(self.practice_said)
        links = QHBoxLayout()
        links.addWidget(self.practice)
        links.addStretch(1)
        links.addWidget(self.update)
        layout.addLayout(links)
        layout.addStretch(1)
        self._layout = layout
        self.fit()

    def fit(self) -> None:
        """Make the window as high as what it shows."""
        self._layout.activate()
        wrapped = self._layout.totalHeightForWidth(_WIDTH)
        self._window.setFixedSize(_WIDTH, wrapped if wrapped > 0 else self._layout.totalSizeHint().height())

    def _label(self, name: str, text: str, role: str) -> QLabel:
        label = QLabel(text, self._window)
        label.setObjectName(name)
        label.setProperty("role", role)
        return label

    def _line(self, name: str, hint: str) -> QLineEdit:
        line = QLineEdit(self._window)
        line.setObjectName(name)
        line.setPlaceholderText(hint)
        return line

    def _button(self, name: str, text: str, hint: str) -> QPushButton:
        button = QPushButton(text, self._window)
        button.setObjectName(name)
        button.setToolTip(hint)
        return button

    def ask_server_password(self, asks: bool) -> None:
        """Show or hide the line for the database's password."""
        self._form.setRowVisible(self.server_password, asks)
        if not asks:
            self.server_password.clear()

    def say(self, text: str, role: str, *, found: bool) -> None:
        """Show a sentence in the colours of ``role``; ``found`` offers the first administrator."""
        _tell(self.message, text, role)
        self.found.setVisible(found)

    def tell_news(self, text: str) -> None:
        """Show that something newer can be had, "" for nothing."""
        self.news.setText(text)
        self.news.setVisible(bool(text))
        self.fit()

    def tell_program(self, text: str, *, offers: bool) -> None:
        """Show what there is to say of a newer program ("" = nothing); ``offers`` shows the button that installs it."""
        self.program_news.setText(text)
        self.program_news.setVisible(bool(text))
        self.program.setVisible(offers)
        self.fit()

    def tell_practice(self, text: str, role: str) -> None:
        """Show how far 练习模式 is, "" for nothing."""
        _tell(self.practice_said, text, role)
        self.fit()

    def set_busy(self, busy: bool) -> None:
        """Take no input while the pair is checked."""
        self.button.setText("正在登录…" if busy else "登录")
        for widget in (
            self.choice,
            self.manage,
            self.account,
            self.server_password,
            self.password,
            self.found,
            self.button,
            self.update,
            self.program,
        ):
            widget.setEnabled(not busy)

    def wait(self, seconds: int) -> None:
        """Show how long the button stays closed; everything else may be typed meanwhile."""
        self.button.setEnabled(False)
        self.button.setText(f"请等 {seconds} 秒")


def _tell(label: QLabel, text: str, role: str) -> None:
    """Show a sentence in the colours of ``role``, or nothing for ""."""
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().unpolish(label)
        label.style().polish(label)
    label.setText(text)
    label.setVisible(bool(text))
