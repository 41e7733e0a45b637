"""日志查看: every operation of every user, newest first, read-only (row 25)."""

from __future__ import annotations

from bondesk.base.documents import DocumentType, group
from bondesk.base.flow import READ_ONLY
from bondesk.base.operation_log import OperationLog

OPERATION_LOG = DocumentType(
    key="operation_log",
    title="日志查看",
    area="setup",
    header=OperationLog,
    number=(OperationLog.seq,),
    list_columns=(
        OperationLog.seq,
        OperationLog.at,
        OperationLog.user_name,
        OperationLog.action,
        OperationLog.module,
        OperationLog.document_no,
        OperationLog.summary,
    ),
    form=(
        group(
            "操作",
            OperationLog.seq,
            OperationLog.at,
            OperationLog.user_name,
            OperationLog.action,
            OperationLog.module,
            OperationLog.document_no,
            OperationLog.summary,
        ),
    ),
    flow=READ_ONLY,
    creatable=False,
    help="每个用户的每次操作：时间、用户、单据、修改前后。只能查看，不能修改。",
)
