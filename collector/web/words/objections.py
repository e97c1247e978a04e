"""Why the gate objects, by the English sentence of its rule with its parts: what is stored is English, and shown in the
reader's language. The first that fits is taken, so the narrower stands before the wider."""

ZH_OBJECTIONS = {
    # full stops
    "the person is marked {mark}": "对方已标记为{mark}",
    "{mark} stands, perhaps for this number": "存在“{mark}”标记，可能针对此号码",
    "{mark} stands for this person": "存在“{mark}”标记",
    "a mental-health crisis is being treated, or was lately": "心理健康危机治疗中或治疗刚结束",
    "contact is on hold here": "此处已停催",
    "on hold: {reasons}": "停催中：{reasons}",
    "a debt of this contact is settled": "所涉债务中有已结清的",
    "nothing of this debt is overdue": "该债务没有逾期",
    "an instalment plan for this debt is being kept": "该债务的分期协议正在履行",
    "{outcome} was said on a call and is not confirmed": "通话中得知“{outcome}”，尚未核实",
    "{outcome} was said on a call; quiet days": "通话中对方表示“{outcome}”，静默期内",
    "there is no opt-out to confirm in this medium": "该渠道没有可确认的退订",
    "the opt-out was confirmed already": "退订已确认过",
    "the person wrote nothing from there that is answered at once": "对方没有从该号码发来可即时答复的信息",
    "the message was answered already": "该信息已答复过",
    "the debt is disputed and the dispute is not answered": "债务有异议，尚未答复",
    "no validation notice within {days} days of the first communication": "首次沟通后{days}天内未发出债务确认通知",
    # wishes and channels
    "opted out of {channel}, which since {day} means calls and texts": (
        "已退订{channel}；自{day}起退订同时涵盖电话和短信"
    ),
    "opted out of {channel}": "已退订{channel}",
    "{channel} is closed for this portfolio": "该资产包不使用{channel}",
    "the person called this time or place inconvenient": "对方表示该时间或地点不便",
    # parties and numbers
    "third persons are never contacted about a debt": "不得就债务联系第三人",
    "this person refused to be contacted": "此人已拒绝被联系",
    "the debtor is not documented as unreachable": "没有债务人失联的记录",
    "this person was asked already": "已向此人询问过一次",
    "the number is not this person's": "号码不属于本人",
    "the number was struck off": "号码已剔除",
    "the number was given up and not verified since": "号码已放弃且未重新核实",
    "the number belongs to someone else": "号码属于他人",
    "a stranger answered at this number": "该号码由陌生人接听",
    "a stranger answered, perhaps at this number": "曾有陌生人接听，可能就是该号码",
    "an e-mail address of the employer that the person did not use": "单位邮箱，且对方未曾使用",
    "the terms of the guarantee are not on file": "没有保证条款的记录",
    "the end of the guarantee period is not known": "保证期间何时届满不明",
    "the guarantee period ended on {day}": "保证期间已于{day}届满",
    "the kind of guarantee is not known": "保证方式不明",
    "a general guarantor is asked only after the debtor was sued": "一般保证须先起诉债务人，方可要求保证人承担责任",
    "no text from this number, consent or check of it within {days} days": ("{days}天内没有该号码的来信、同意或核验"),
    # time
    "the person's time zone is not known": "对方时区不明",
    "no hour is known to be lawful, since the zone is not known": "时区不明，无法确认合法时段",
    "{clock} in {zone}; allowed from {first} until before {last}": "{zone}时间{clock}；允许时段为{first}至{last}前",
    "a day without contact": "当日不联系",
    # frequency
    "the portfolio permits none at all": "该资产包一次也不允许",
    "{count} calls about a debt in {days}; at most {cap}": "{days}内就一笔债务已呼叫{count}次，上限{cap}次",
    "{count} calls to this number in {days}; at most {cap}": "{days}内向该号码已呼叫{count}次，上限{cap}次",
    "{count} unanswered dials to this number in {days}; at most {cap}": (
        "{days}内向该号码未接通呼叫已有{count}次，上限{cap}次"
    ),
    "{count} unanswered dials to this person in {days}; at most {cap}": (
        "{days}内向此人未接通呼叫已有{count}次，上限{cap}次"
    ),
    "{count} dials to this number in {days}; at most {cap}": "{days}内向该号码已拨打{count}次，上限{cap}次",
    "{count} dials to this person in {days}; at most {cap}": "{days}内向此人已拨打{count}次，上限{cap}次",
    "{count} text messages in {days}; at most {cap}": "{days}内已发短信{count}条，上限{cap}条",
    "{count} answered calls in {days}; at most {cap}": "{days}内已接通{count}次，上限{cap}次",
    "perhaps a conversation about this debt within {days} days": "{days}天内可能就该债务通过话",
    "a conversation about this debt within {days} days": "{days}天内就该债务通过话",
    "an unanswered call within {minutes} minutes": "{minutes}分钟内有未接通的呼叫",
    # words
    "the message does not open with a signature 【…】": "短信开头没有签名【…】",
    "the signature is not the registered one": "签名与报备的不一致",
    "the message does not say how to opt out": "未说明退订方式",
    "the message does not say who writes": "未写明发送方",
    "a suit is announced without a referral on file: {hit}": "没有移交法务的记录却预告起诉：{hit}",
    "a suit is announced on a debt that lapsed on {day}": "债务诉讼时效已于{day}届满，却预告起诉",
    "tells a third person of the debt: {hit}": "向第三人透露债务：{hit}",
    "names an amount to a third person": "向第三人提及金额",
    "the message left shows that it is about a debt: {hit}": "留言显示与债务有关：{hit}",
    "the message left lacks {missing}": "留言缺少：{missing}",
    "the message is empty": "内容为空",
    "{parts} parts; at most {cap}": "共{parts}段，上限{cap}段",
    "the text is not in the person's language ({language})": "文字不是对方使用的语言（{language}）",
    "the text points to a link or number that nobody approved": "文字中有未经批准的链接或号码",
    "the text names an amount or a date that is not the account's own": "文字中的金额或日期不属于该账户",
    "there is no such text in the person's language": "没有对方语言的该文本",
    "the account or the number of this task is gone": "该任务的账户或号码已不存在",
    # carrier
    "asks for a reply, which {carrier} does not take: {hit}": "要求回复，而{carrier}不接收回复：{hit}",
    "{carrier} does not carry {kind} messages": "{carrier}不承载此类短信：{kind}",
    "{carrier} does not carry Chinese text": "{carrier}不承载中文",
    "{carrier} does not carry {channel}": "{carrier}不承载{channel}",
    "{carrier} does not reach this country": "{carrier}不覆盖该国家",
    "the template is not registered with {carrier}": "模板未在{carrier}报备",
    # word lists of the packs, by what is wrong with the word
    "a word of this house: {hit}": "内部用语：{hit}",
    "exposure to others: {hit}": "威胁告知他人：{hit}",
    "insult: {hit}": "辱骂：{hit}",
    "invented consequence: {hit}": "虚构后果：{hit}",
    "posing as an authority: {hit}": "冒充机关：{hit}",
    "threat: {hit}": "威胁：{hit}",
    "urging to borrow: {hit}": "诱导借款：{hit}",
}

ZH_PARTS = {
    "bankrupt": "破产",
    "settled": "已结清",
    "every medium": "所有渠道",
    "no reason given": "未说明原因",
    "collection": "催收",
    "third_party_collection": "第三方催收",
    "zh": "中文",
    "en": "英文",
    "a request to reply": "回电请求",
    "a number to call": "回电号码",
    "a person's name": "联系人姓名",
    "the name of the business": "机构名称",
}
"""Parts that no other page shows."""
