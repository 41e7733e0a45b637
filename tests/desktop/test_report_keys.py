"""Keys of a report, and secrets of a wizard that are typed unseen."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from bondesk.areas.setup.password_setting import NewPassword
from bondesk.desktop.option_form import OptionForm
from builders.everyday import SignIn


def test_a_secret_is_typed_unseen(sign_in: SignIn) -> None:
    desk = sign_in()
    form = OptionForm(desk.window.context, NewPassword)
    boxes = {key: cell.editor.box for key, cell in form.cells.items()}
    modes = {key: box.echoMode() for key, box in boxes.items() if isinstance(box, QLineEdit)}
    assert modes["password"] is modes["again"] is QLineEdit.EchoMode.Password
    assert modes["account"] is QLineEdit.EchoMode.Normal
    form.deleteLater()
