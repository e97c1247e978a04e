"""Why the plan wants a contact, or can not make it, by the English sentence with its parts."""

ZH_REASONS = {
    "call-back agreed with the person": "与对方约定的回拨",
    "promise broken": "承诺已跳票",
    "promise {number} falls due": "承诺 {number} 将到期",
    "reminder {step}": "还款提醒 {step}",
    "step {step}": "催收步骤 {step}",
    "3:3:3, call {number} of the round": "3:3:3 本轮第 {number} 通",
    "closing SMS of the 3:3:3 round": "3:3:3 本轮的收尾短信",
    "the portfolio has no registered number for this channel that does not rest": "资产包在该渠道没有可用的外显号码",
    "no phone of the person's own is active and may be called": "没有可拨打的本人号码",
    "no phone of the person's own takes text messages": "没有可收短信的本人号码",
    "the strategy names no template for this message": "策略没有为该短信指定模板",
}
