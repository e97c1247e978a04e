"""Sentences of the pages about law: the contact calendar, wishes, packs, refusals. English, the key, and Chinese."""

ZH_LAW: dict[str, str] = {
    # the calendar
    "When they may be contacted": "可联系时间",
    "when and how they may be contacted": "可联系的时间与方式",
    "Wishes, consents and stops": "意愿、同意与停止联系",
    "The next seven days": "未来七天",
    "The same in words": "文字说明",
    "may be contacted": "可联系",
    "may not": "不可联系",
    "a person decides": "需人工判断",
    "used": "已联系",
    "open means open in each zone they may be in": "须在其可能所在的每个时区均可联系",
    "Nothing closes it.": "没有规则限制。",
    "Open hours": "可联系时段",
    "No way to this person is known yet.": "尚无此人的联系方式。",
    # stops and wishes
    "Stops": "停止联系",
    "Nothing stops all contact.": "没有停止联系的事由。",
    "Wishes, consents, agreements": "意愿、同意与约定",
    "They asked for nothing yet. What they say about times, places and channels belongs here: the gate heeds it.": (
        "对方尚未提出要求。其对时间、地点和渠道的要求记在这里，闸口会遵守。"
    ),
    "End it": "终止",
    "Why it holds no longer": "为何不再有效",
    "Closed: a supervisor or legal ends a wish or lifts a stop.": "不可用：由主管或法务终止意愿或解除停止。",
    "They named an inconvenient time or place": "对方说明了不便的时间或地点",
    "Not before (their time)": "不早于（对方时间）",
    "Not after (their time)": "不晚于（对方时间）",
    "Weekdays it applies to; with none ticked, every day. Ticked without hours: those days are closed.": (
        "适用的星期；不勾选即每天。只勾选而不填时间：这些天全天不联系。"
    ),
    "Place": "地点",
    "Until the end of": "有效至当日结束",
    "They agreed to hours that are usually closed": "对方同意在通常禁止的时段联系",
    "From (their time)": "从（对方时间）",
    "To (their time)": "到（对方时间）",
    "Number of the recording or letter that proves it": "可证明此约定的录音或函件编号",
    "They gave or took back consent": "对方同意或撤回同意",
    "A notice went out, or they are ill": "函件已发出，或对方患病",
    "Last day of treatment, of an illness": "患病的，治疗最后一日",
    "Number of the letter or paper that proves it": "可证明的函件或材料编号",
    "treated until {day}": "治疗至 {day}",
    "gave consent": "同意",
    "took it back": "撤回",
    "not before {time}": "不早于 {time}",
    "not after {time}": "不晚于 {time}",
    "evidence {id}": "证据 {id}",
    "Noted; the gate asks it from now on.": "已记录，闸口即刻遵守。",
    "Noted: it holds no longer.": "已记录：不再有效。",
    # packs
    "Law": "法规",
    "Law, as the gate reads it": "闸口所依据的规则",
    "Not legal advice: each rule shows its source and how well it was checked. Have counsel confirm them.": (
        "不构成法律意见：每条规则都注明来源及核实程度，请由律师确认。"
    ),
    "Pack": "规则包",
    "Rules": "规则数",
    "Version": "版本",
    "Portfolios": "适用资产包",
    "No pack is installed.": "没有安装规则包。",
    "All packs": "全部规则包",
    (
        "text: the legal text was read. secondary: somebody's account of it. unverified: general knowledge, for "
        "counsel to check. house: our own rule."
    ): "原文：已阅读法规原文。二手：他人转述。未核实：一般认识，待律师核对。内部：本机构自定规则。",
    "Asked before every contact, in this order of channels, parties, time, frequency, content": (
        "每次联系前依次核对：渠道、对象、时间、频次、内容"
    ),
    "Duties kept elsewhere": "在别处履行的义务",
    "Portfolios under it": "适用此规则包的资产包",
    "Says": "内容",
    "Answer": "结论",
    "Parameters": "参数",
    "Binds": "约束对象",
    "everyone": "所有人",
    "Source": "来源",
    "Evidence": "核实程度",
    "This pack asks nothing.": "此规则包没有核对项。",
    "Kept where": "履行之处",
    "None.": "无。",
    "Collector": "催收方",
    "Debt": "债务类型",
    "Stricter than the pack": "比规则包更严之处",
    "No portfolio of yours is under this pack.": "您没有适用此规则包的资产包。",
    # refusals
    "Refusals": "拦截",
    "Contacts the gate did not allow": "被闸口拦截的联系",
    "By rule and day. A contact counts for every rule that spoke against it. A number opens the contacts behind it.": (
        "按规则和日期。一次联系计入每条反对它的规则。点击数字查看具体联系。"
    ),
    "By rule and day, with the contacts": "按规则和日期查看具体联系",
    "Sum": "合计",
    "The gate refused nothing in these days: every planned contact was lawful as planned.": (
        "这些天没有拦截：所有计划的联系均合规。"
    ),
    "today": "今天",
    "{days} days ago": "{days} 天前",
    "Judged": "判断时点",
    "Lawful from": "最早可联系",
    "not by waiting": "等待无用",
    "This rule refused no contact on that day.": "此规则当日没有拦截。",
    "Older ones": "更早的",
    "All rules by day": "全部规则按日",
}
