"""Words of official language: verbs that begin a task, adverbs before them, openings that only lead up to one."""

from __future__ import annotations

import re

from gaoxin.notices.text.patterns import one_of

_VERBS = """
    建立健全 健全完善 建立完善 巩固提升 巩固拓展 改造提升 优化提升 优化完善 培育壮大 发展壮大 整合优化 丰富 抓实 摸清
    免征 减征 征收 解读 提速 采取 兑付 推进 推动 建设 支持 健全 落实 落实好 开展 鼓励 加强 强化 提升 提高 完善 优化
    深化 构建 打造 培育 发展 扩大 促进 引导 引进 集聚 实施 建立 设立 组建 加大 加快 布局 突破 拓展 探索 创新 发挥
    发挥好 释放 激发 激励 做好 抓好 办好 用好 管好 建好 确保 保障 保持 维护 规范 制定 研究制定 研究出台 研究建立
    研究提出 研究设立 研究 制订 修订 出台 编制 发布 公布 印发 组织 组织实施 组织开展 举办 承办 召开 搭建 建成 新建
    改建 扩建 改造 改善 改革 改进 简化 压缩 精简 减免 降低 减少 减轻 取消 清理 整治 查处 打击 防范 化解 防止 监测 监管
    监督 检查 督促 督导 考核 评估 评价 通报 表彰 表扬 奖励 补助 补贴 给予 予以 资助 兑现 安排 统筹 整合 盘活 利用 运用
    应用 推广 推广应用 开放 共享 对接 衔接 联动 协调 协同 吸引 招引 招募 招收 培养 选拔 选派 选聘 聘请 培训 宣传 普及
    提供 受理 办理 审批 认定 登记 备案 申报 争取 创建 创办 申请 参与 承担 牵头 负责 配合 攻克 研发 攻关 转化 孵化 加速
    壮大 做强 做大 做优 做精 做实 做大做强 做优做强 延伸 补齐 补强 锻造 锻长 巩固 夯实 筑牢 增强 增加 增设 新增 升级
    更新 融合 赋能 畅通 打通 破除 消除 放宽 放开 下放 赋予 授权 委托 明确 理顺 压实 履行 执行 贯彻 贯彻落实 坚持 聚焦
    纳入 列入 退出 淘汰 限制 禁止 允许 帮助 帮扶 指导 引领 带动 辐射 联合 共建 借鉴 学习 总结 提炼 评选 遴选 报送 报告
    反馈 上报 公开 推行 实行 实现 形成 达到 超过 力争 完成 拥有 储备 保护 修复 治理 节约 集约 收集 梳理 排查 摸排 跟踪
    跟进 督办 问责 追究 挂牌 倡导 弘扬 营造 塑造 树立 传播 讲好 展示 撬动 设置 配置 配备 配套 供应 保供 满足 解决 破解
    应对 处置 处理 调整 调动 调度 转变 改变 转换 置换 收购 发放 拨付 支付 返还 退还 筹集 筹措 募集 发行 投入 提请 提出
    报请 启动 创设 开设 开发 开通 开辟 建有 成立 打破 放大 警告 强化落实 深入推进 承接 吸纳 汇聚 聚集 谋划 规划
    规划建设 部署 试点 试行 先行先试 抓住 把握 严格 严禁 严控 控制 压降 削减 盘点 对标 瞄准 争创 争当 争先 挖掘 发现
    发掘 复制 复制推广 移交 转移 转型 掌握 认真 落地 推出 推介 上线 接入 联通 互认 互通 鼓励和支持 鼓励支持 支持鼓励
    引导鼓励 保证 提振 稳定 稳住 稳妥 稳步 扶持 奖补 贴息 缓解 服务 定期 扎实 严厉 依法 加密 扩展 扩容 增进 延长 缩短
    承诺 倾斜 追踪 抢抓 抢占 集成 集中 构筑 编写 编印 汇总 建档 录入 归集 分解 细化 量化 督查 约谈 曝光 宣传推介 推送
    告知 提醒 提示 运行 运营 使用 研制 采购 购买 订购 参加 重视 关注 尊重 保留 保存 保有 守住 筑巢 招商 招商引资 引育
    引聚 集聚发展 融入 对口 结对 联系 走访 调研 座谈 会商 联办 合办 合作 开拓 拓宽 拓深 做足 打好 打响 打赢 深耕 厚植
    植入 嵌入 腾退 腾换 归还 核查 核实 核定 核减 核发 颁发 授予 命名 认证 检测 检验 抽查 巡查 巡视 执法 处罚 惩处 惩戒
    奖惩
"""
_ADVERBS = """
    加快 大力 积极 着力 进一步 不断 持续 全面 深入 切实 有序 稳步 扎实 充分 努力 重点 优先 主动 及时 严格 认真 率先
    逐步 适时 适度 适当 合理 科学 依法 依规 依法依规 多渠道 全力 高水平 高标准 高质量 高效 分类 分级 分步 分批 定期
    每年 继续 同步 共同 联合 统筹 协同 合力 更好 更好地 更加 特别 尤其 真正 尽快 尽早 加速 稳妥 有效 深度 广泛 普遍
    精准 灵活 自主 集中 系统 整体 一体 一体化 全方位 全链条 全过程 常态化 规范 持续深入 大力度 因地制宜 因企施策
    因城施策 必须 应当 应 要 须 需 可 可以 并 也 还 再 又 同时 要求 务必 均 都 将 力争 抓紧 坚决 严厉 公平 公正 从严
    从快 择优 牢牢 坚定 坚定不移 梯次 常态 滚动 分类有序 准确 严肃 适度超前 毫不动摇 有机 按规定 按照规定 按需 分别
    分步骤 分阶段 有计划 有重点 有条件 积极稳妥 稳步有序 依规有序 提前 超前 前瞻 前瞻性
"""
_LEADS = """
    以 通过 围绕 依托 立足 针对 按照 按 根据 结合 面向 借助 基于 凭借 为 为了 对 对于 对标 在 到 至 截至 自 从 于 凡
    如 若 经 除 当 随着 鉴于 遵循 聚焦 瞄准 本着 充分利用 由 利用 符合 用于 鉴 适应 顺应 对符合 给 向
"""
_RESULTS = """
    使 让 从而 进而 以便 以期 以实现 确保实现 成为 作为 包括 即 其中 特别是 尤其是 分别 具体 如 例如 以及 或者 不得 但
    其
"""
_NOUNS = """
    创新 发展 改革 研究 服务 投资 融资 监管 监测 应用 合作 管理 组织 宣传 培训 评价 评估 考核 统筹 转化 转移 孵化 研发
    攻关 保护 治理 认定 登记 审批 备案 升级 转型 融合 规划 试点 监督 检查 指导 联动 协同 共享 开放 报告 申请 检测 检验
    认证 建设 推广 执法 招商 联系 调研 集成 集中 安排 部署 配套 供应 培养 交流 控制 更新 开发 收购 发行 支付 奖励 补助
    补贴 资助 奖补 贴息 会商 配置 配备 限制 储备 承诺 规范 挂牌 突破 实现 修复 赋能 集约 节约 传播 展示 应对 处置 处理
    调整 转换 公开 反馈 跟踪 淘汰 衔接 对接 协调 引导 激励 保障 稳定 倾斜
"""
_AFTER_A_NOUN = re.compile(
    one_of(
        """
        能力 体系 机制 水平 环境 生态 活动 工作 成果 型 力 驱动 主体 要素 策源 空间 载体 方向 模式 方式 质量 效率
        规模 格局 优势 动能 资金 需求 任务 目标 指标 标准 贡献 活力 成本 程度 难题 问题 结果 成效 作用 价值 领域
        方面 区 部门 单位 人员 团队 局 厅 委 办 共赢 收益 收入 时间 期间
        """
    )
)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


VERBS = _words(_VERBS) - {"认真", "定期", "扎实", "严厉", "依法", "稳妥", "稳步"}
NOUN_LIKE = _words(_NOUNS)
"""Verbs that are nouns as often: 创新能力 is not 创新 + 能力."""
SURE_VERBS = VERBS - NOUN_LIKE


_ADVERB = re.compile(rf"{one_of(_ADVERBS)}地?")
_VERB = re.compile(one_of(VERBS))
LEAD = re.compile(one_of(_LEADS))
RESULT = re.compile(one_of(_RESULTS))
_JOINT = re.compile(r"(?:、|和|与|及|并|以及|或)")


def verb_at(text: str, position: int, end: int) -> tuple[int, int] | None:
    """The verb that the segment beginning at ``position`` opens with, adverbs before it skipped; joint verbs are one.

    >>> text = "加快组建和运行国家实验室"
    >>> text[slice(*verb_at(text, 0, len(text)))]
    '组建和运行'
    >>> verb_at("创新能力显著增强", 0, 8) is None
    True
    """
    start = position
    while True:
        adverb = _ADVERB.match(text, start, end)
        if adverb is None or not _goes_on(text, adverb.end(), end):
            break
        start = adverb.end()
    verb = _VERB.match(text, start, end)
    if verb is None or not _is_verb(text, verb.start(), verb.end(), end):
        return None
    first, last = verb.span()
    while True:
        joint = _JOINT.match(text, last, end)
        if joint is None:
            break
        begin = joint.end()
        adverb = _ADVERB.match(text, begin, end)
        if adverb is not None and _goes_on(text, adverb.end(), end):
            begin = adverb.end()
        other = _VERB.match(text, begin, end)
        if other is None or other.end() >= end or text[other.end()] in "、,;。":
            break
        if text[other.start() : other.end()] in NOUN_LIKE and joint[0] == "、":
            break
        # 推进甲、建设乙 has an object between its verbs; here nothing stands between them.
        last = other.end()
    return first, last


_OF_BA = re.compile(
    "作为|纳入|列入|退出|用于|转为|转化为|打造成|建设成|建成|调整为|提高到|提高至|延长至|移交|交由|落实到|分解到|融入|植入"
)
_DONE_TO = re.compile("予以|给予|实行|进行|开展|加强|加大")


def verb_inside(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The last sure verb of a segment that opens otherwise (对…予以表扬, 将…纳入…); None when there is none.

    >>> text = "将发展质量好的园区优先纳入高新区"
    >>> text[slice(*verb_inside(text, 0, len(text)))]
    '纳入'
    """
    pattern = _OF_BA if text.startswith(("将", "把"), start) else _DONE_TO if text.startswith("对", start) else None
    typical = list(pattern.finditer(text, start, end)) if pattern else []
    if typical:
        return typical[0].span() if pattern is _OF_BA else typical[-1].span()
    found = None
    position = start
    while position < end:
        verb = _VERB.match(text, position, end)
        if verb is None:
            position += 1
            continue
        sure = verb[0] in SURE_VERBS or verb[0] in {"给予", "予以", "实行", "作为"}
        if (
            sure
            and verb.end() < end
            and text[verb.end()] not in "的、,"
            and (found is None or verb[0] not in {"发展", "建设"})
        ):
            found = verb.span()
        position = verb.end()
    return found


def _is_verb(text: str, start: int, stop: int, end: int) -> bool:
    """Whether the word is used as a verb: something stands behind it, and it is not the first half of a noun."""
    if stop >= end:
        return False
    if text[start:stop] in NOUN_LIKE:
        return _AFTER_A_NOUN.match(text, stop, end) is None and text[stop] not in "、,和与及的"
    return text[stop] not in ",。;的"


def _goes_on(text: str, position: int, end: int) -> bool:
    """Whether an adverb that ends at ``position`` leads on to a verb (else it is the verb itself: 加快数字产业化)."""
    adverb = _ADVERB.match(text, position, end)
    if adverb is not None and _goes_on(text, adverb.end(), end):
        return True
    verb = _VERB.match(text, position, end)
    return verb is not None and _is_verb(text, verb.start(), verb.end(), end)
