// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IParameters} from "./interfaces/IParameters.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {IWrappedEther} from "./interfaces/IWrappedEther.sol";
import {Permit} from "./types/Market.sol";

/// @title The only holder of tokens: stake, escrowed fees and bonds, credits.
/// @dev Trusts its modules, which are named once by the deployer, and the token not to lie about balances. Every ledger
/// field has 96 bits. Their sum is at most the vault's balance, which no deposit may lift above that, so none can overflow
/// and no payout can get stuck.
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
    address[] internal _named;
    uint96 internal _pendingBurn;

    modifier onlyModule() {
        // INVARIANT (I-50): only protocol code moves money that is not the caller's own.
        // GUARD: I-50
        require(_modules[msg.sender].named, NotModule(msg.sender));
        _;
    }

    constructor(IERC20 token_, IParameters parameters) {
        TOKEN = token_;
        UNBONDING_SECONDS = parameters.unbondingSeconds();
        DEPLOYER = msg.sender;
    }

    /// @inheritdoc IStakeVault
    function setModules(address[] calldata named) external {
        // INVARIANT (I-50): the deployer's one call, then nobody is privileged.
        require(msg.sender == DEPLOYER && _named.length == 0, ModulesAlreadySet());
        _named = named;
        for (uint256 i = 0; i < named.length; ++i) _modules[named[i]].named = true;
        emit ModulesSet(named);
    }

    // STAKE

    /// @inheritdoc IStakeVault
    function stake(address owner, uint96 amount) external nonReentrant {
        _stake(owner, amount);
    }

    /// @inheritdoc IStakeVault
    function stakeWithPermit(address owner, uint96 amount, Permit calldata given) external nonReentrant {
        _permit(msg.sender, given.value, given.deadline, given.v, given.r, given.s);
        _stake(owner, amount);
    }

    /// @inheritdoc IStakeVault
    function stakeEther(address owner) external payable nonReentrant {
        uint96 amount = msg.value.toUint96();
        require(amount > 0, ZeroAmount());
        uint256 before = TOKEN.balanceOf(address(this));
        try IWrappedEther(address(TOKEN)).deposit{value: amount}() {} catch {
            revert EtherNotAccepted(address(TOKEN));
        }
        _checkArrived(before, amount);
        _addStake(owner, amount);
    }

    /// @inheritdoc IStakeVault
    function permit(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        _permit(owner, value, deadline, v, r, s);
    }

    /// @inheritdoc IStakeVault
    function requestUnbond(uint96 amount) external {
        Account storage owner = _accounts[msg.sender];
        Tranche[] storage queue = _tranches[msg.sender];
        require(amount > 0, ZeroAmount());
        // INVARIANT (I-11): locked stake cannot be unbonded.
        require(owner.free >= amount, InsufficientStake(msg.sender, owner.free, amount));
        // INVARIANT (I-41): `withdraw` loops over at most this many, and only the owner fills them.
        // GUARD: I-41
        require(queue.length < MAX_TRANCHES, TooManyTranches(MAX_TRANCHES));

        // INVARIANT (I-11): stake leaves only after the whole unbonding delay.
        // GUARD: I-11
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
        require(matured > 0, NothingToWithdraw(count == 0 ? 0 : queue[0].availableAt));

        for (uint256 i = matured; i < count; ++i) queue[i - matured] = queue[i];
        for (uint256 i = 0; i < matured; ++i) queue.pop();
        _accounts[msg.sender].unbonding -= uint96(amount);
        emit Withdrawn(msg.sender, amount);
        TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStakeVault
    function claimCredit(address to) external nonReentrant returns (uint256 amount) {
        amount = _accounts[msg.sender].credit;
        require(amount > 0, NothingToClaim(msg.sender));
        _accounts[msg.sender].credit = 0;
        emit CreditClaimed(msg.sender, to, amount);
        TOKEN.safeTransfer(to, amount);
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
        TOKEN.safeTransfer(DEAD, amount);
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
    function payFromEscrow(address to, uint96 amount) external onlyModule nonReentrant {
        if (amount == 0) return;
        _release(amount);
        emit Paid(msg.sender, to, amount);
        TOKEN.safeTransfer(to, amount);
    }

    /// @inheritdoc IStakeVault
    function restoreFromEscrow(address owner, uint96 amount) external onlyModule {
        if (amount == 0) return;
        _release(amount);
        _accounts[owner].free += amount;
        emit Restored(owner, msg.sender, amount);
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
        uint96 free = holder.free;
        require(free >= amount, InsufficientStake(owner, free, amount));
        // INVARIANT (I-12): a unit of stake protects at most one commitment.
        // GUARD: I-12
        holder.free = free - amount;
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
        // INVARIANT (I-13): stake on its way out is still stake.
        // GUARD: I-13
        if (slashed < amount) slashed += _slashUnbonding(owner, amount - slashed);
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
    function modules() external view returns (address[] memory) {
        return _named;
    }

    /// @inheritdoc IStakeVault
    function token() external view returns (address) {
        return address(TOKEN);
    }

    // INTERNAL

    function _stake(address owner, uint96 amount) internal {
        require(amount > 0, ZeroAmount());
        _deposit(msg.sender, amount);
        _addStake(owner, amount);
    }

    function _addStake(address owner, uint96 amount) internal {
        // INVARIANT (I-14): a third party's stake only adds; no timer, key or tranche of the owner changes.
        // GUARD: I-14
        _accounts[owner].free += amount;
        emit Staked(owner, msg.sender, amount);
    }

    function _permit(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) internal {
        // Refused where anybody showed it before: then the allowance is there.
        try IERC20Permit(address(TOKEN)).permit(owner, address(this), value, deadline, v, r, s) {} catch {}
    }

    function _deposit(address from, uint96 amount) internal {
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(from, address(this), amount);
        _checkArrived(before, amount);
    }

    function _checkArrived(uint256 before, uint96 amount) internal view {
        uint256 balance = TOKEN.balanceOf(address(this));
        uint256 received = balance - before;
        // INVARIANT (I-01): the ledger never promises more than what arrived.
        // GUARD: I-01
        require(received == amount, UnexpectedTransferAmount(received, amount));
        // INVARIANT (I-07): the sum of all fields is at most the balance, which fits one field.
        // GUARD: I-07
        balance.toUint96();
    }

    function _release(uint96 amount) internal {
        uint96 inEscrow = _modules[msg.sender].escrow;
        // INVARIANT (I-03): a module pays out only what was put into its escrow.
        // GUARD: I-03
        require(inEscrow >= amount, InsufficientEscrow(msg.sender, inEscrow, amount));
        _modules[msg.sender].escrow = inEscrow - amount;
    }

    function _slashUnbonding(address owner, uint96 amount) internal returns (uint96 slashed) {
        Tranche[] storage queue = _tranches[owner];
        for (uint256 i = queue.length; i > 0 && slashed < amount; --i) {
            Tranche storage newest = queue[i - 1];
            uint96 rest = amount - slashed;
            if (newest.amount > rest) {
                newest.amount -= rest;
                slashed = amount;
            } else {
                slashed += newest.amount;
                queue.pop();
            }
        }
        _accounts[owner].unbonding -= slashed;
    }
}
