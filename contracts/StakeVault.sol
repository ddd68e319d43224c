// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IParameters} from "./interfaces/IParameters.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";

/// @title The only holder of tokens: stake, escrowed fees and bonds, credits.
/// @dev Trusts its modules, which are named once by the deployer, and the token not to lie about balances. Every ledger
/// field has 96 bits; the sum of all of them is kept below that, so none can overflow and no payout can get stuck.
contract StakeVault is IStakeVault, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    struct Module {
        bool named;
        uint96 escrow;
    }

    uint256 internal constant MAX_TRANCHES = 16;
    address internal constant DEAD = 0x000000000000000000000000000000000000dEaD;

    IERC20 internal immutable TOKEN;
    uint32 internal immutable UNBONDING_SECONDS;
    address internal immutable DEPLOYER;

    mapping(address owner => Account) internal _accounts;
    mapping(address owner => Tranche[]) internal _tranches;
    mapping(address owner => mapping(address key => uint8 roles)) internal _roles;
    mapping(address module => Module) internal _modules;
    bool internal _modulesSet;
    uint96 internal _held;
    uint96 internal _pendingBurn;

    modifier onlyModule() {
        // INVARIANT (I-50): only protocol code moves money that is not the caller's own.
        require(_modules[msg.sender].named, NotModule(msg.sender));
        _;
    }

    constructor(IERC20 token_, IParameters parameters) {
        TOKEN = token_;
        UNBONDING_SECONDS = parameters.unbondingSeconds();
        DEPLOYER = msg.sender;
    }

    /// @inheritdoc IStakeVault
    function setModules(address[] calldata modules) external {
        // INVARIANT (I-50): the deployer's one call, then nobody is privileged.
        require(msg.sender == DEPLOYER && !_modulesSet, ModulesAlreadySet());
        _modulesSet = true;
        for (uint256 i = 0; i < modules.length; ++i) _modules[modules[i]].named = true;
        emit ModulesSet(modules);
    }

    // STAKE

    /// @inheritdoc IStakeVault
    function stake(address owner, uint96 amount) external nonReentrant {
        require(amount > 0, ZeroAmount());
        _deposit(msg.sender, amount);
        // INVARIANT (I-14): a third party's stake only adds; no timer, key or tranche of the owner changes.
        _accounts[owner].free += amount;
        emit Staked(owner, msg.sender, amount);
    }

    /// @inheritdoc IStakeVault
    function requestUnbond(uint96 amount) external {
        Account storage owner = _accounts[msg.sender];
        Tranche[] storage queue = _tranches[msg.sender];
        require(amount > 0, ZeroAmount());
        // INVARIANT (I-11): locked stake cannot be unbonded.
        require(owner.free >= amount, InsufficientStake(msg.sender, owner.free, amount));
        // INVARIANT (I-41): `withdraw` loops over at most this many, and only the owner fills them.
        require(queue.length < MAX_TRANCHES, TooManyTranches(MAX_TRANCHES));

        uint64 availableAt = uint64(block.timestamp) + UNBONDING_SECONDS;
        owner.free -= amount;
        owner.unbonding += amount;
        queue.push(Tranche({amount: amount, availableAt: availableAt}));
        emit UnbondRequested(msg.sender, amount, availableAt);
    }

    /// @inheritdoc IStakeVault
    function withdraw() external nonReentrant returns (uint256 amount) {
        Tranche[] storage queue = _tranches[msg.sender];
        uint256 count = queue.length;
        uint256 matured = 0;
        // The delay is the same for all, so tranches mature in the order of the list.
        while (matured < count && queue[matured].availableAt <= block.timestamp) {
            amount += queue[matured].amount;
            ++matured;
        }
        // INVARIANT (I-11): stake leaves only after the whole unbonding delay.
        require(matured > 0, NothingToWithdraw(count == 0 ? 0 : queue[0].availableAt));

        for (uint256 i = matured; i < count; ++i) queue[i - matured] = queue[i];
        for (uint256 i = 0; i < matured; ++i) queue.pop();
        _accounts[msg.sender].unbonding -= uint96(amount);
        emit Withdrawn(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @inheritdoc IStakeVault
    function claimCredit(address to) external nonReentrant returns (uint256 amount) {
        amount = _accounts[msg.sender].credit;
        require(amount > 0, NothingToClaim(msg.sender));
        _accounts[msg.sender].credit = 0;
        emit CreditClaimed(msg.sender, to, amount);
        _pay(to, amount);
    }

    /// @inheritdoc IStakeVault
    function setKey(address key, uint8 roles) external {
        _roles[msg.sender][key] = roles;
        emit KeySet(msg.sender, key, roles);
    }

    /// @inheritdoc IStakeVault
    function sweepBurn() external nonReentrant returns (uint256 amount) {
        amount = _pendingBurn;
        require(amount > 0, ZeroAmount());
        _pendingBurn = 0;
        emit BurnSwept(amount);
        _pay(DEAD, amount);
    }

    // MODULES ONLY

    /// @inheritdoc IStakeVault
    function escrowFrom(address from, uint96 amount) external onlyModule nonReentrant {
        _deposit(from, amount);
        _modules[msg.sender].escrow += amount;
        emit Escrowed(msg.sender, from, amount);
    }

    /// @inheritdoc IStakeVault
    function creditFromEscrow(address owner, uint96 amount) external onlyModule {
        if (amount == 0) return;
        _release(amount);
        _accounts[owner].credit += amount;
        emit Credited(owner, msg.sender, amount);
    }

    /// @inheritdoc IStakeVault
    function burnFromEscrow(uint96 amount) external onlyModule {
        if (amount == 0) return;
        _release(amount);
        _pendingBurn += amount;
        emit BurnRecorded(msg.sender, amount);
    }

    /// @inheritdoc IStakeVault
    function moveEscrow(address module, uint96 amount) external onlyModule {
        require(_modules[module].named, NotModule(module));
        _release(amount);
        _modules[module].escrow += amount;
        emit Escrowed(module, msg.sender, amount);
    }

    /// @inheritdoc IStakeVault
    function lock(address owner, uint96 amount) external onlyModule {
        Account storage holder = _accounts[owner];
        // INVARIANT (I-12): a unit of stake protects at most one commitment.
        require(holder.free >= amount, InsufficientStake(owner, holder.free, amount));
        holder.free -= amount;
        holder.locked += amount;
        emit Locked(owner, amount);
    }

    /// @inheritdoc IStakeVault
    function unlock(address owner, uint96 amount) external onlyModule {
        Account storage holder = _accounts[owner];
        holder.locked -= amount;
        holder.free += amount;
        emit Unlocked(owner, amount);
    }

    /// @inheritdoc IStakeVault
    function slashToEscrow(address owner, uint96 amount) external onlyModule returns (uint96 slashed) {
        Account storage holder = _accounts[owner];
        uint96 locked = holder.locked;
        slashed = amount < locked ? amount : locked;
        holder.locked = locked - slashed;
        _modules[msg.sender].escrow += slashed;
        emit Slashed(owner, slashed);
    }

    // VIEWS

    /// @inheritdoc IStakeVault
    function account(address owner) external view returns (Account memory) {
        return _accounts[owner];
    }

    /// @inheritdoc IStakeVault
    function tranches(address owner) external view returns (Tranche[] memory) {
        return _tranches[owner];
    }

    /// @inheritdoc IStakeVault
    function escrow(address module) external view returns (uint256) {
        return _modules[module].escrow;
    }

    /// @inheritdoc IStakeVault
    function pendingBurn() external view returns (uint256) {
        return _pendingBurn;
    }

    /// @inheritdoc IStakeVault
    function hasRole(address owner, address key, uint8 roles) external view returns (bool) {
        return owner == key || _roles[owner][key] & roles != 0;
    }

    /// @inheritdoc IStakeVault
    function held() external view returns (uint256) {
        return _held;
    }

    /// @inheritdoc IStakeVault
    function token() external view returns (address) {
        return address(TOKEN);
    }

    // INTERNAL

    function _deposit(address from, uint96 amount) internal {
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(from, address(this), amount);
        uint256 received = TOKEN.balanceOf(address(this)) - before;
        // INVARIANT (I-01): the ledger never promises more than what arrived.
        require(received == amount, UnexpectedTransferAmount(received, amount));
        // INVARIANT (I-07): the sum of all fields fits one field.
        _held = (uint256(_held) + amount).toUint96();
    }

    function _release(uint96 amount) internal {
        uint96 inEscrow = _modules[msg.sender].escrow;
        // INVARIANT (I-03): a module pays out only what was put into its escrow.
        require(inEscrow >= amount, InsufficientEscrow(msg.sender, inEscrow, amount));
        _modules[msg.sender].escrow = inEscrow - amount;
    }

    function _pay(address to, uint256 amount) internal {
        // SAFETY: every payout leaves a field that is part of the sum.
        _held -= uint96(amount);
        TOKEN.safeTransfer(to, amount);
    }
}
